# Τα κείμενα στα ελληνικά: των σελίδων, με μικρά γράμματα στα κλειδιά τους· τα μηνύματα
# της ταυτότητας, με κεφαλαία· και στο τέλος τα μηνύματα αλληλογραφίας, καθένα κάτω από
# μια γραμμή με το όνομά του.

language-name = Ελληνικά

## The shell
skip = Μετάβαση στο περιεχόμενο
navigation = Κύριο μενού
theme = Φωτεινό ή σκούρο
sign-in = Σύνδεση
sign-up = Εγγραφή
log-out = Αποσύνδεση
dismiss = Κλείσιμο
form-mend = Κάποια πεδία χρειάζονται πρώτα διόρθωση:
done-language = Οι σελίδες είναι πλέον στα { $name }.
no-such-language = Δεν υπάρχουν κείμενα σε αυτή τη γλώσσα.
tab-sessions = Συνεδρίες
tab-profile = Προφίλ
powered-by = Με την υποστήριξη του
rights = Με επιφύλαξη παντός δικαιώματος.
nav-overview = Επισκόπηση
nav-machines = Μηχανές
nav-networks = Δίκτυα
nav-images = Εικόνες
nav-files = Αρχεία
nav-usage = Χρήση
nav-api = Πρόσβαση API
nav-account = Λογαριασμός
nav-guide = Οδηγός
administration = Διαχείριση
nav-contact = Επικοινωνία
search = Αναζήτηση
search-for = Σελίδες, ενέργειες, μηχανές
search-count = { $n ->
    [1] Βρέθηκε ένα αποτέλεσμα
   *[other] Βρέθηκαν { $n } αποτελέσματα
 }
search-none = Δεν βρέθηκε τίποτα με το όνομα «{ $query }».
kind-page = Σελίδα
kind-action = Ενέργεια
kind-person = Άτομο
kind-machine = Μηχανή

## Words used in many places
actions = Ενέργειες
addresses = Διευθύνσεις IP
cancel = Ακύρωση
changed = Τροποποίηση
copied = Αντιγράφηκε
copy = Αντιγραφή
created = Δημιουργία
delete = Διαγραφή
details = Λεπτομέρειες
expires = Λήξη
items = Στοιχεία
just-now = μόλις τώρα
minutes-ago = { $n ->
    [1] πριν από 1 λεπτό
   *[other] πριν από { $n } λεπτά
 }
hours-ago = { $n ->
    [1] πριν από 1 ώρα
   *[other] πριν από { $n } ώρες
 }
days-ago = { $n ->
    [1] χθες
   *[other] πριν από { $n } ημέρες
 }
keep = Διατήρηση
in-minutes = { $n ->
    [1] σε 1 λεπτό
   *[other] σε { $n } λεπτά
 }
in-hours = { $n ->
    [1] σε 1 ώρα
   *[other] σε { $n } ώρες
 }
in-days = { $n ->
    [1] σε 1 ημέρα
   *[other] σε { $n } ημέρες
 }
kind = Είδος
log = Ημερολόγιο
name = Όνομα
next-page = Επόμενη σελίδα
over = έληξε
page-of = Σελίδα { $page } από { $pages }
pages = Σελίδες
previous-page = Προηγούμενη σελίδα
send = Αποστολή
look = Προβολή
of-limit = από { $limit }
private = Ιδιωτικό
public = Δημόσιο
save = Αποθήκευση
size = Μέγεθος
state = Κατάσταση
system = Λειτουργικό σύστημα
unlimited = Απεριόριστο
used-of = { $used } από { $limit }
where = Βρίσκεστε εδώ

## Errors
error-title-400 = Αυτό δεν ήταν δυνατό
error-title-403 = Δεν επιτρέπεται
error-title-404 = Η σελίδα δεν υπάρχει
projects-later = Οι σελίδες των έργων δεν υπάρχουν ακόμη. Κάθε χρήστης έχει το δικό του έργο· τα όριά του φαίνονται στη Χρήση.
error-title-405 = Δεν υπάρχει κάτι να δείτε εδώ
error-text-405 = Αυτή η διεύθυνση κάνει κάτι μόνο όταν πατηθεί το κουμπί μιας σελίδας. Γυρίστε σε εκείνη τη σελίδα και πατήστε το εκεί.
error-title-409 = Δεν γίνεται τώρα
error-title-413 = Υπερβολικά μεγάλο
error-title-429 = Περιμένετε λίγο
error-title-500 = Κάτι πήγε στραβά
error-title-501 = Δεν υποστηρίζεται ακόμη
error-title-503 = Προς το παρόν μη διαθέσιμο
error-text-500 = Το λάθος είναι δικό μας και έχει καταγραφεί. Δοκιμάστε ξανά σε λίγο.
error-help = Χρειάζεστε βοήθεια;
error-id = Αν συμβεί ξανά, πείτε μας αυτόν τον αριθμό:
forgery = Η φόρμα δεν στάλθηκε από σελίδα αυτής της συνεδρίας. Γυρίστε πίσω, φορτώστε ξανά τη σελίδα και στείλτε την πάλι.
form-broken-off = Η φόρμα δεν έφτασε ολόκληρη. Γυρίστε πίσω και στείλτε την ξανά.
form-too-long = Η φόρμα είναι υπερβολικά μεγάλη.
no-such-page = Σε αυτή τη διεύθυνση δεν υπάρχει τίποτα.
to-front = Στην αρχική σελίδα

## Front page and overview
portal-title = Καλώς ήρθατε
portal-head = { $service }, το δικό σας νέφος
portal-text = Μηχανές, δίκτυα και αρχεία που δημιουργείτε και διαγράφετε οι ίδιοι, από τον φυλλομετρητή ή από ένα πρόγραμμα.
to-dashboard = Στην επισκόπησή μου
portal-places = Για αυτό το νέφος
portal-news = Νέα
portal-news-all = Όλα τα νέα
portal-news-empty = Δεν υπάρχουν νέα ακόμη
portal-news-empty-text = Εδώ ανακοινώνεται τι είναι καινούργιο και τι πρόκειται να διακοπεί.
portal-feed = Παρακολουθήστε τα νέα (Atom)
portal-faq = Ερωτήσεις και απαντήσεις
faq-start = Πρώτα βήματα
faq-account-q = Πώς αποκτώ λογαριασμό;
faq-account-a = Εγγραφείτε με τη διεύθυνση email σας και ακολουθήστε τον σύνδεσμο που θα σας σταλεί. Όπου οι αιτήσεις εξετάζονται πρώτα, ένα ακόμη μήνυμα λέει πότε μπορείτε να συνδεθείτε.
faq-machine-q = Πώς φτιάχνω μια μηχανή;
faq-machine-a = Διαλέξτε εικόνα και μέγεθος στις Μηχανές. Ο πρώτος κωδικός εμφανίζεται μία φορά: σημειώστε τον.
faq-files-q = Ποιος βλέπει τα αρχεία μου;
faq-files-a = Κανείς εκτός από εσάς, μέχρι να μοιραστείτε ένα αρχείο με κάποιον ή να το δημοσιεύσετε.
faq-program-q = Μπορεί ένα πρόγραμμα να τα κάνει όλα αυτά;
faq-program-a = Ναι. Στη σελίδα «Πρόσβαση API» θα βρείτε τη διεύθυνση, το διακριτικό σας και έτοιμες ρυθμίσεις για τη γραμμή εντολών.
hello = Γεια σας, { $name }
machines-running = Μηχανές σε λειτουργία
stored = Δεδομένα
containers = Περιέκτες
first-step = Ανεβάστε μια εικόνα δίσκου για να αρχίσετε
usage-empty = Δεν υπάρχει ακόμη κάτι να δείτε.
usage-none = Δεν υπάρχει τίποτα ακόμη
usage-all = Αναλυτική χρήση
usage-says = { $used } από { $limit } { $what } (απομένουν { $left })
project-left = Στο έργο συνολικά απομένουν μόνο { $left }.
group-storage = Αποθήκευση
group-compute = Μηχανές
group-network = Δίκτυα
group-accounts = Λογαριασμός
all-of-them = Όλα ({ $n })
services = Υπηρεσίες
needs-you = Χρειάζεται η προσοχή σας
need-people = { $n ->
    [1] 1 λογαριασμός περιμένει έγκριση.
   *[other] { $n } λογαριασμοί περιμένουν έγκριση.
 }
need-token = Το διακριτικό API σας λήγει { $when }.
need-token-over = Το διακριτικό API σας έχει λήξει.
need-machine = Η μηχανή { $name } παρουσίασε σφάλμα.
need-quota = { $resource }: χρησιμοποιούνται { $used } από { $limit }.

## Login, sign-up, passwords
login-no-way = Η μέθοδος { $method } δεν διατίθεται για τον λογαριασμό σας και δεν υπάρχει άλλος τρόπος σύνδεσης. Γράψτε στη διεύθυνση { $email }.
login-title = Σύνδεση
email = Email
email-help = Στέλνουμε εκεί έναν σύνδεσμο για να βεβαιωθούμε ότι είναι δικό σας.
password = Κωδικός πρόσβασης
password-again = Επανάληψη του κωδικού πρόσβασης
password-help = Τουλάχιστον 8 χαρακτήρες. Ένας μακρύς κωδικός που θυμάστε εύκολα είναι καλύτερος από έναν σύντομο και παράξενο.
forgot = Ξεχάσατε τον κωδικό πρόσβασης;
no-account = Δεν έχετε λογαριασμό;
have-account = Έχετε λογαριασμό;
signup-title = Δημιουργία λογαριασμού
signup-intro = Παίρνει ένα λεπτό.
create-account = Δημιουργία λογαριασμού
first-name = Όνομα
last-name = Επώνυμο
check-mail-title = Δείτε τα μηνύματά σας
moderation-title = Αναμονή έγκρισης
rejected-title = Ο λογαριασμός σας δεν έγινε δεκτός
accepted-title = Ο λογαριασμός σας είναι έτοιμος
activate-title = Επιβεβαιώστε το email σας
activate-ask = Πατήστε το κουμπί για να επιβεβαιώσετε ότι αυτή η διεύθυνση email είναι δική σας.
activate-button = Επιβεβαίωση
logout-ask = Θέλετε να αποσυνδεθείτε;
reset-title = Ξεχάσατε τον κωδικό πρόσβασης;
reset-intro = Πείτε μας τη διεύθυνση email σας και θα σας στείλουμε έναν σύνδεσμο για νέο κωδικό.
reset-button = Αποστολή συνδέσμου
reset-again = Ζητήστε νέο σύνδεσμο
new-password-title = Νέος κωδικός πρόσβασης
new-password = Νέος κωδικός πρόσβασης
old-password = Τωρινός κωδικός πρόσβασης
set-password = Ορισμός κωδικού πρόσβασης
renew-token-too = Έκδοση και νέου διακριτικού API

## Account
user-id = Αναγνωριστικό χρήστη
joined = Εγγραφή
change-password = Αλλαγή κωδικού πρόσβασης
language = Γλώσσα
language-help = Η γλώσσα αυτών των σελίδων και των μηνυμάτων που λαμβάνετε.
sessions = Πού είστε συνδεδεμένοι
sessions-help = Τερματίστε όσες συνεδρίες δεν αναγνωρίζετε.
browser = Φυλλομετρητής
from-address = Από
last-used = Τελευταία χρήση
this-browser = Αυτός ο φυλλομετρητής
end-session = Τερματισμός
end-others = Τερματισμός όλων των άλλων
done-session-ended = Η συνεδρία τερματίστηκε.
own-project = Έργο συστήματος

## API access
api-intro = Τα προγράμματα αποδεικνύουν ποιοι είστε με ένα διακριτικό. Προσέχετέ το όπως τον κωδικό πρόσβασής σας.
auth-url = Διεύθυνση ταυτοποίησης
token = Διακριτικό
show-token = Εμφάνιση του διακριτικού
renew-token = Νέο διακριτικό
renew-ask = Όσα προγράμματα χρησιμοποιούν το τωρινό διακριτικό θα πάψουν αμέσως να λειτουργούν.
kamaki = Ρύθμιση του kamaki
kamaki-help = Το kamaki είναι το πρόγραμμα γραμμής εντολών αυτού του νέφους. Εγκαταστήστε το και δηλώστε του πού βρίσκεται το νέφος και ποιοι είστε:
download-kamakirc = Λήψη του .kamakirc
copy-token = Αντιγραφή του διακριτικού
get-client = Λήψη του προγράμματος γραμμής εντολών
other-clients = Άλλα προγράμματα
other-clients-help = Όπου ένα πρόγραμμα ζητά όνομα και κωδικό πρόσβασης, το όνομα είναι το αναγνωριστικό χρήστη και ο κωδικός το διακριτικό.

## Contact
contact-title = Επικοινωνήστε μαζί μας
contact-intro = Το μήνυμά σας το διαβάζει άνθρωπος και σας απαντά στο { $email }.
contact-message = Το μήνυμά σας
contact-help = Τι κάνατε, τι περιμένατε, τι έγινε αντί γι’ αυτό;

## Resources
resource-pithos-diskspace = Αποθήκευση αρχείων
resource-cyclades-disk = Δίσκοι μηχανών
resource-cyclades-cpu = Επεξεργαστές
resource-cyclades-ram = Μνήμη
resource-cyclades-vm = Μηχανές
resource-cyclades-network-private = Ιδιωτικά δίκτυα
resource-cyclades-floating-ip = Δημόσιες διευθύνσεις IP
report-pithos-diskspace = χώρου αρχείων
report-cyclades-disk = χώρου δίσκων
report-cyclades-cpu = επεξεργαστές
report-cyclades-ram = μνήμης
report-cyclades-vm = μηχανές
report-cyclades-network-private = ιδιωτικά δίκτυα
report-cyclades-floating-ip = δημόσιες διευθύνσεις IP

## Files
new-container = Νέος περιέκτης
create-container = Δημιουργία περιέκτη
upload-files = Ανέβασμα αρχείων
upload = Ανέβασμα
folder-empty = Δεν υπάρχει τίποτα εδώ ακόμη
folder-empty-help = Επιλέξτε αρχεία παραπάνω, ή στείλτε τα με εντολή:
make-image = Δημιουργία εικόνας
upload-broken-off = Το ανέβασμα διακόπηκε πριν ολοκληρωθεί. Από το τελευταίο αρχείο δεν κρατήθηκε τίποτα.
upload-nothing = Δεν επιλέχθηκε αρχείο.
delete-container-ask = Να διαγραφεί ο περιέκτης «{ $name }»;
delete-file-ask = Να διαγραφεί το «{ $name }»;
done-container-created = Ο περιέκτης δημιουργήθηκε.
done-container-deleted = Ο περιέκτης διαγράφηκε.
done-file-deleted = Το αρχείο διαγράφηκε.
done-uploaded = Τα αρχεία ανέβηκαν.

## Images
images-none = Καμία εικόνα ακόμη
images-empty = Μια μηχανή δημιουργείται από μια εικόνα: έναν δίσκο με ένα σύστημα. Ανεβάστε έναν ως αρχείο και καταχωρίστε τον.
register-image = Καταχώριση εικόνας
register-intro = Εικόνα είναι ένα αρχείο σας από το οποίο δημιουργούνται μηχανές. Το αρχείο μένει εκεί που είναι.
image-file = Αρχείο
image-file-help = Περιέκτης και όνομα, όπως pithos/debian.diskdump
disk-format = Μορφή δίσκου
disk-format-help = diskdump για ολόκληρο δίσκο· extdump ή ntfsdump για σύστημα αρχείων.
system-help = Όπως debian ή ubuntu.
system-family = Οικογένεια συστήματος
system-family-help = linux, freebsd ή windows.
root-partition = Κατάτμηση ρίζας
root-partition-help = Ο αριθμός της κατάτμησης με το σύστημα, συνήθως 1.
public-image = Να τη χρησιμοποιούν όλοι
visibility = Ορατότητα
registered = Καταχώριση
unregister = Κατάργηση
unregister-ask = Να καταργηθεί η εικόνα «{ $name }»;
unregister-consequence = Το αρχείο μένει. Οι μηχανές που δημιουργήθηκαν από την εικόνα συνεχίζουν να λειτουργούν.
done-image-registered = Η εικόνα καταχωρίστηκε.
done-image-unregistered = Η εικόνα καταργήθηκε.

## Machines
machines-none = Καμία μηχανή ακόμη
machines-empty = Μια μηχανή είναι ένας δικός σας υπολογιστής σε αυτό το νέφος. Διαλέγετε εικόνα και μέγεθος· ένα λεπτό αργότερα λειτουργεί.
create-machine = Δημιουργία μηχανής
new-machine-name = Η μηχανή μου
flavors-empty = Δεν προσφέρονται ακόμη μεγέθη. Πρέπει να τα προσθέσει ο διαχειριστής.
flavor-title = { $cpus } CPU · { $ram } μνήμη
flavor-text = { $disk } GB δίσκος · { $name }
machine-size = { $cpus } CPU · { $ram } μνήμη · { $disk } GB δίσκος
quota-after = Τι χρησιμοποιείτε τώρα
same-by-command = Το ίδιο με εντολή
image = Εικόνα
machine-id = Αναγνωριστικό μηχανής
no-addresses = Καμία ακόμη
start = Εκκίνηση
shut-down = Τερματισμός
reboot = Επανεκκίνηση
destroy = Καταστροφή
destroy-ask = Να καταστραφεί η «{ $name }»;
destroy-consequence = Η μηχανή και ο δίσκος της αφαιρούνται οριστικά. Αυτό δεν αναιρείται.
type-name = Γράψτε { $name } για επιβεβαίωση
type-name-wrong = Αυτό δεν είναι το όνομα της μηχανής.
machine-password = Κωδικός πρόσβασης της μηχανής
machine-password-help = Σημειώστε τον τώρα. Μόλις πατήσετε «Τον σημείωσα», κανείς δεν θα μπορεί να τον δει ξανά.
password-noted = Τον σημείωσα
live-lost = Η σύνδεση χάθηκε· οι καταστάσεις ίσως δεν είναι πρόσφατες. Γίνεται νέα προσπάθεια…
line-initializing = Προετοιμασία
line-copying = Αντιγραφή της εικόνας, { $percent } %
line-finishing = Ολοκλήρωση
line-destroying = Αφαίρεση
network-active = Έτοιμο
network-deleted = Αφαιρέθηκε
network-error = Σφάλμα
network-pending = Δημιουργείται
browser-on = { $browser } σε { $system }
browser-other = Άλλο πρόγραμμα
state-active = Σε λειτουργία
state-build = Δημιουργείται
state-deleted = Αφαιρέθηκε
state-destroy = Καταστρέφεται
state-error = Σφάλμα
state-reboot = Επανεκκινείται
state-shutdown = Τερματίζεται
state-start = Ξεκινά
state-stopped = Σταματημένη
done-create = Η μηχανή σας δημιουργείται.
done-destroy = Η μηχανή αφαιρείται.
done-start = Η μηχανή ξεκινά.
done-shutdown = Η μηχανή τερματίζεται.
done-reboot = Η μηχανή επανεκκινείται.
done-password-forgotten = Ο κωδικός δεν φυλάσσεται πλέον εδώ.

## Networks
networks-none = Κανένα δίκτυο ακόμη
networks-empty = Τα δίκτυα συνδέουν τις μηχανές σας μεταξύ τους και με τον κόσμο.

## Guide
guide-title = Οδηγός διαχειριστή
guide-administrators = Ο οδηγός είναι για διαχειριστές.

## Η ζωή ενός λογαριασμού: όροι, προσκλήσεις, άλλη διεύθυνση, αποφάσεις με email
tab-invitations = Προσκλήσεις
terms-title = Όροι χρήσης
terms-link = όρους χρήσης
terms-agree = Διάβασα και αποδέχομαι τους
terms-accept = Αποδοχή
terms-new = Διαβάστε τους όρους και αποδεχτείτε τους. Έως τότε δεν μπορείτε να χρησιμοποιήσετε τον λογαριασμό σας.
terms-since = Σε ισχύ από { $at }
done-terms-signed = Ευχαριστούμε. Αποδεχτήκατε τους όρους.
invite-title = Προσκλήσεις
invite = Πρόσκληση
invitations-left = { $n ->
    [0] Δεν σας απομένουν προσκλήσεις.
    [1] Σας απομένει 1 πρόσκληση.
   *[other] Σας απομένουν { $n } προσκλήσεις.
 }
invitations-none = Δεν έχετε στείλει προσκλήσεις
invitations-sent = Απεσταλμένες
real-name = Ονοματεπώνυμο
sent-at = Στάλθηκε
used = Χρησιμοποιήθηκε
yes = Ναι
no = Όχι
email-change-title = Αλλαγή διεύθυνσης email
email-present = Τωρινή διεύθυνση
email-new = Νέα διεύθυνση
email-waits = Σε αναμονή
email-change-help = Στέλνουμε έναν σύνδεσμο στη νέα διεύθυνση και έναν στην τωρινή. Η αλλαγή γίνεται όταν συμφωνήσουν και οι δύο.
email-change-button = Αλλαγή διεύθυνσης
email-change-box = Αλλαγή της διεύθυνσής μου
email-change-untick = Επιλέξτε το παραπάνω πλαίσιο για να μεταφερθείτε σε αυτή τη διεύθυνση ή αδειάστε το πεδίο.
email-change-ask-new = Κάποιος θέλει να μεταφέρει έναν λογαριασμό σε αυτή τη διεύθυνση. Είναι δική σας και το θέλετε;
email-change-ask-old = Κάποιος θέλει να μεταφέρει τον λογαριασμό σας σε άλλη διεύθυνση. Το θέλετε;
email-change-agree = Ναι, να μεταφερθεί
email-change-refuse = Όχι
asked-at = Ζητήθηκε
password-change-box = Αλλαγή του κωδικού πρόσβασής μου
password-change-untick = Επιλέξτε το παραπάνω πλαίσιο για να αλλάξετε τον κωδικό πρόσβασής σας ή αφήστε τα πεδία κενά.
password-make = Ορισμός κωδικού πρόσβασης
password-first = Ο λογαριασμός σας δεν έχει ακόμη κωδικό πρόσβασης. Με έναν κωδικό θα μπορείτε να συνδέεστε και με τη διεύθυνση email σας.
name-forced = Το ορίζει η μέθοδος σύνδεσής σας.
signup-message = Λίγα λόγια σε όσους αποφασίζουν
signup-message-help = Τους νέους λογαριασμούς τους εξετάζουν άνθρωποι. Γράψτε ποιοι είστε και για ποιον σκοπό χρειάζεστε τον λογαριασμό.
moderate-title = Κάποιος ζητά λογαριασμό
moderate-intro = Ο σύνδεσμος αυτός φτιάχτηκε για τον παραλήπτη { $recipient }. Τίποτα δεν αποφασίζεται πριν πατήσετε ένα από τα παρακάτω κουμπιά.
moderate-verified = Επιβεβαίωση διεύθυνσης
moderate-method = Μέθοδος σύνδεσης
moderate-affiliation = Ίδρυμα
moderate-message = Τι έγραψε
moderate-accept = Αποδοχή
moderate-reject = Απόρριψη
moderate-reason = Αιτιολογία
moderate-reason-help = Φυλάσσεται με τον λογαριασμό και τη βλέπουν οι διαχειριστές.
moderate-relatives = Λογαριασμοί του ίδιου τομέα
moderate-relatives-none = Δεν υπάρχουν.
moderate-relatives-more = Αυτοί είναι οι νεότεροι· υπάρχουν κι άλλοι.
moderate-by-management = τη διαχείριση
moderate-was-accepted = Για το { $email } έχει ήδη αποφασιστεί: αποδοχή από { $by } στις { $at }.
moderate-was-rejected = Για το { $email } έχει ήδη αποφασιστεί: απόρριψη από { $by } στις { $at }.
done-moderate-accepted = Ο λογαριασμός έγινε δεκτός. Ενημερώσαμε τον κάτοχό του.
done-moderate-rejected = Ο λογαριασμός απορρίφθηκε.

## Διαχείριση
nav-adm-users = Χρήστες
nav-adm-audit = Ημερολόγιο ενεργειών
nav-adm-figures = Στατιστικά
adm-users = Χρήστες
adm-search = Όνομα, διεύθυνση, αναγνωριστικό, ομάδα, ταυτότητα …
adm-any = Οποιαδήποτε
adm-group = Ομάδα
adm-groups = Ομάδες
adm-provider = Μέθοδος σύνδεσης
adm-sort = Σειρά
adm-sort-newest = Νεότεροι πρώτα
adm-sort-oldest = Παλαιότεροι πρώτα
adm-sort-address = Κατά διεύθυνση
adm-sort-first-name = Κατά όνομα
adm-sort-last-name = Κατά επώνυμο
adm-columns = Στήλες
adm-sessions = Ανοιχτές συνεδρίες
adm-show = Εμφάνιση
adm-building = Το ευρετήριο αναζήτησης δημιουργείται. Έως τότε βρίσκονται μόνο πλήρεις διευθύνσεις, αριθμοί και αναγνωριστικά.
adm-none = Δεν υπάρχει κανείς εδώ
adm-none-filtered = Τίποτα δεν ταιριάζει με όλα αυτά τα φίλτρα.
adm-none-yet = Όποιος εγγράφεται εμφανίζεται εδώ. Λογαριασμοί δημιουργούνται και από τη γραμμή εντολών:
adm-clear = Καθαρισμός φίλτρων
adm-export = Εξαγωγή
adm-people = { $n ->
    [1] 1 άτομο
   *[other] { $n } άτομα
 }
adm-select-all = Επιλογή όλων σε αυτή τη σελίδα
adm-select = Επιλογή: { $name }
adm-selected = Με τους # επιλεγμένους
adm-with-selected = Με τους επιλεγμένους
adm-choose = Επιλέξτε …
adm-go-on = Συνέχεια
adm-pages = Σελίδες
adm-first-page = Πρώτη σελίδα
adm-person = Χρήστης
adm-state-active = Ενεργός
adm-state-inactive = Ανενεργός
adm-state-rejected = Απορρίφθηκε
adm-state-unmoderated = Περιμένει έγκριση
adm-state-unverified = Ανεπιβεβαίωτη διεύθυνση
adm-col-id = Αριθμός
adm-col-groups = Ομάδες
adm-col-providers = Μέθοδοι σύνδεσης
adm-col-joined = Εγγραφή
adm-col-last-login = Τελευταία σύνδεση
adm-col-verified = Επιβεβαιωμένος
adm-col-admin = Υπερχρήστης
adm-col-level = Επίπεδο
adm-col-invitations = Προσκλήσεις
adm-col-affiliation = Ίδρυμα
adm-col-uuid = Αναγνωριστικό χρήστη
adm-no-user = Δεν υπάρχει χρήστης «{ $name }».
adm-superuser = Υπερχρήστης
adm-more = Περισσότερα
adm-username = Όνομα χρήστη
adm-accepted-email = Διεύθυνση κατά την αποδοχή
adm-affiliation = Ίδρυμα
adm-language = Γλώσσα
adm-permissions = Δικαιώματα
adm-group-permissions = Δικαιώματα ομάδων
adm-level = Επίπεδο
adm-invitations = Προσκλήσεις που απομένουν
adm-default-project = Προεπιλεγμένο έργο
adm-password = Έχει κωδικό πρόσβασης
adm-second-factor = Έχει δεύτερο παράγοντα
adm-pending-email = Νέα διεύθυνση σε αναμονή
adm-profile-confirmed = Επιβεβαιωμένο προφίλ
adm-history = Ιστορικό
adm-log-joined = Εγγραφή
adm-log-sent = Αποστολή επιβεβαίωσης
adm-log-verified = Επιβεβαίωση διεύθυνσης
adm-log-moderated = Απόφαση
adm-log-deactivated = Απενεργοποίηση
adm-log-terms = Αποδοχή όρων
adm-log-token = Έκδοση διακριτικού API
adm-log-token-ends = Λήξη διακριτικού API
adm-log-updated = Τελευταία αλλαγή
adm-log-login = Τελευταία σύνδεση
adm-methods = Μέθοδοι σύνδεσης
adm-methods-none = Ο λογαριασμός δεν έχει καμία μέθοδο: κανείς δεν μπορεί να συνδεθεί σε αυτόν.
adm-account-unverified = Εκκρεμεί η επιβεβαίωση του email
adm-account-unmoderated = Εκκρεμεί η έγκριση
adm-account-rejected = Απορρίφθηκε
adm-account-active = Εγκρίθηκε, ενεργός
adm-account-inactive = Εγκρίθηκε, ανενεργός
adm-account-policy = (πολιτική έγκρισης: { $policy })
adm-methods-unused = Δεν χρησιμοποιούνται: { $names }
adm-identifier = Αναγνωριστικό
adm-provided = Στοιχεία παρόχου
adm-on = Ενεργή
adm-off = Ανενεργή
adm-quota-of = Όρια: { $name }
adm-trail = Ενέργειες διαχειριστών
adm-trail-all = Όλες
adm-trail-none = Τίποτα έως τώρα.
adm-op-accept = Αποδοχή
adm-op-reject = Απόρριψη
adm-op-verify = Σήμανση της διεύθυνσης ως επιβεβαιωμένης
adm-op-resend = Νέα αποστολή του μηνύματος επιβεβαίωσης
adm-op-activate = Ενεργοποίηση
adm-op-deactivate = Απενεργοποίηση
adm-op-contact = Αποστολή μηνύματος
adm-op-set-email = Ορισμός διεύθυνσης
adm-op-modify-email = Αίτηση αλλαγής διεύθυνσης
adm-op-reset-second-factor = Επαναφορά δεύτερου παράγοντα
adm-op-enable-local = Ενεργοποίηση σύνδεσης με κωδικό πρόσβασης
adm-op-release-shibboleth = Αφαίρεση ακαδημαϊκής ταυτότητας
adm-op-add-group = Προσθήκη σε ομάδα
adm-op-delete-group = Αφαίρεση από ομάδα
adm-op-add-permission = Παροχή δικαιώματος
adm-op-delete-permission = Αφαίρεση δικαιώματος
adm-op-level = Ορισμός επιπέδου
adm-op-invitations = Ορισμός προσκλήσεων
adm-op-quota = Ορισμός ορίου
adm-op-default-project = Ορισμός προεπιλεγμένου έργου
adm-op-sign-terms = Σήμανση αποδοχής όρων
adm-op-renew-token = Ανανέωση διακριτικού API
adm-op-renew-password = Νέος τυχαίος κωδικός πρόσβασης
adm-op-set-admin = Ορισμός ως υπερχρήστη
adm-op-unset-admin = Αφαίρεση δικαιωμάτων υπερχρήστη
adm-op-delete = Διαγραφή λογαριασμού
adm-ask-accept = Ο λογαριασμός ενεργοποιείται και αποκτά τα όριά του· ο χρήστης ενημερώνεται με email.
adm-ask-reject = Ο χρήστης δεν θα μπορεί να συνδεθεί. Δεν στέλνεται μήνυμα σε κανέναν. Μπορεί να γίνει δεκτός αργότερα.
adm-ask-deactivate = Όλες οι συνεδρίες τερματίζονται αμέσως και το διακριτικό API παύει να ισχύει· τα όρια αναστέλλονται.
adm-ask-set-email = Δεν στέλνεται μήνυμα, και η διεύθυνση ισχύει όπως και η προηγούμενη.
adm-ask-modify-email = Στέλνονται σύνδεσμοι και στις δύο διευθύνσεις· η αλλαγή ισχύει όταν συμφωνήσουν και οι δύο.
adm-ask-reset-second-factor = Για όσους έχασαν τη συσκευή τους: διαγράφονται όλοι οι δεύτεροι παράγοντες και οι κωδικοί ανάκτησης, και τερματίζονται όλες οι συνεδρίες. Βεβαιωθείτε ότι το ζητά πράγματι το ίδιο το πρόσωπο.
adm-ask-enable-local = Αν δεν υπάρχει κωδικός πρόσβασης, δημιουργείται ένας τυχαίος, που εμφανίζεται μία μόνο φορά.
adm-ask-release-shibboleth = Όποιος συνδεθεί στο εξής με αυτή την ταυτότητα θα θεωρείται άγνωστος.
adm-ask-renew-token = Τα προγράμματα του χρήστη παύουν να λειτουργούν ώσπου να πάρουν το νέο διακριτικό.
adm-ask-renew-password = Ο τωρινός κωδικός πρόσβασης παύει να ισχύει και όλες οι συνεδρίες τερματίζονται. Ο νέος κωδικός εμφανίζεται μία μόνο φορά.
adm-ask-set-admin = Ο υπερχρήστης μπορεί να κάνει τα πάντα, για όλους.
adm-ask-delete = Αυτό δεν αναιρείται.
adm-permission = Δικαίωμα
adm-project = Έργο
adm-number-wrong = Δώστε έναν ακέραιο αριθμό, από το 0 και πάνω.
adm-amount-wrong = Δώστε μια ποσότητα, όπως 10, 20GB ή inf, ή τη λέξη default.
adm-reason = Αιτιολογία
adm-reason-help = Φυλάσσεται με τον λογαριασμό. Μπορεί να μείνει κενή.
adm-resource = Πόρος
adm-amount = Ποσότητα
adm-amount-help = Όπως 10, 20GB ή inf· το default επαναφέρει την προεπιλογή.
adm-subject = Θέμα
adm-text = Κείμενο
adm-text-help = Το μήνυμα όπως θα σταλεί· δεν προστίθεται τίποτα. Τα {"{{"} full_name {"}}"}, first_name, last_name και email μέσα σε διπλά άγκιστρα συμπληρώνονται αυτόματα.
adm-contact-subject = Νέο μήνυμα από { $service }
adm-password-once = Ο νέος κωδικός πρόσβασης εμφανίζεται μόνο τώρα. Παραδώστε τον με ασφαλή τρόπο.
adm-back = Πίσω στον λογαριασμό
adm-bulk-ask = { $op }: { $n } άτομα
adm-chosen = Επιλεγμένα άτομα
adm-too-many = Το πολύ 500 άτομα τη φορά.
adm-all-matching = Όλοι όσοι ταιριάζουν στα φίλτρα, σε όλες τις σελίδες
adm-too-deep = Η λίστα είναι πολύ μεγάλη για να αρχίσει από εκεί· περιορίστε την αναζήτηση.
adm-no-type = Δεν υπάρχει εδώ κάτι με το όνομα «{ $name }».
adm-json-only = Αυτή η διεύθυνση απαντά σε προγράμματα: ζητήστε application/json.
adm-extra-allowed-actions = Επιτρεπτές ενέργειες
adm-extra-id = Αριθμός
adm-extra-item-name = Όνομα
adm-extra-details-url = Λεπτομέρειες
adm-extra-contact-id = Αριθμός επαφής
adm-extra-contact-email = Διεύθυνση επαφής
adm-extra-contact-name = Όνομα επαφής
adm-extra-uuid = UUID
adm-extra-pending-email = Νέα διεύθυνση σε αναμονή
adm-extra-status = Κατάσταση
adm-extra-groups = Ομάδες
adm-extra-enabled-providers = Ενεργές μέθοδοι σύνδεσης
adm-extra-moderation-policy = Πολιτική έγκρισης
adm-extra-suspended-vms = Μηχανές σε αναστολή
adm-results = Έγιναν { $done } από { $all }.
adm-result = Αποτέλεσμα
adm-said = Λεπτομέρειες
adm-done = Έγινε
adm-not-done = Δεν έγινε
done-adm = Έγινε.
done-adm-deleted = Ο λογαριασμός διαγράφηκε.
done-adm-nobody = Δεν επιλέχθηκε κανείς.
adm-audit = Ημερολόγιο ενεργειών
adm-audit-search = Οποιαδήποτε λέξη: ονόματα, διευθύνσεις, τιμές, αριθμός αιτήματος
adm-who = Ποιος
adm-kind = Είδος
adm-target = Αντικείμενο
adm-action = Ενέργεια
adm-since = Από
adm-until = Έως
adm-when = Πότε
adm-changes = Πριν → μετά
adm-from = Από πού
adm-audit-none = Καμία εγγραφή
adm-audit-further = Καμία στις νεότερες εγγραφές· η επόμενη σελίδα ψάχνει παλαιότερες.
adm-audit-empty = Ό,τι κάνουν οι διαχειριστές, από σελίδα, μήνυμα ή εντολή, εμφανίζεται εδώ.
adm-audit-utc = Οι νεότερες πρώτα· οι ημέρες είναι σε UTC.
adm-figures = Στατιστικά
adm-by-state = Κατά κατάσταση
adm-by-provider = Κατά μέθοδο σύνδεσης
adm-by-group = Κατά ομάδα
adm-count = Άτομα
adm-rows = { $n ->
    [1] Μία εγγραφή σε αυτή τη σελίδα
   *[other] { $n } εγγραφές σε αυτή τη σελίδα
 }
adm-total = Όλα τα άτομα
nav-adm-vm = Μηχανές
nav-adm-volume = Δίσκοι
nav-adm-network = Δίκτυα
nav-adm-ip = Διευθύνσεις IP
nav-adm-ip-log = Ιστορικό διευθύνσεων
nav-adm-project = Έργα
nav-adm-group = Ομάδες
nav-adm-auth-provider = Μέθοδοι σύνδεσης
adm-v-owner = Κάτοχος
adm-v-owner-uuid = Αναγνωριστικό κατόχου
adm-v-id = Αριθμός
adm-v-name = Όνομα
adm-v-state = Κατάσταση
adm-v-status = Κατάσταση
adm-v-operstate = Κατάσταση
adm-v-suspended = Σε αναστολή
adm-v-image = Αναγνωριστικό εικόνας
adm-v-image-name = Εικόνα
adm-v-flavor = Μέγεθος
adm-v-created = Δημιουργήθηκε
adm-v-updated = Τελευταία αλλαγή
adm-v-size = Μέγεθος
adm-v-template = Πρότυπο δίσκου
adm-v-vm = Μηχανή
adm-v-project = Έργο
adm-v-description = Περιγραφή
adm-v-source = Πηγή
adm-v-origin = Προέλευση
adm-v-index = Θέση
adm-v-with-server = Διαγράφεται μαζί με τη μηχανή
adm-v-deleted = Διαγραμμένα
adm-v-public = Δημόσιο
adm-v-drained = Κλειστό σε νέες συνδέσεις
adm-v-kind = Είδος
adm-v-mode = Τρόπος λειτουργίας
adm-v-link = Σύνδεσμος
adm-v-mac-prefix = Πρόθεμα MAC
adm-v-subnets = Υποδίκτυα
adm-v-floating-pool = Δεσμεύονται διευθύνσεις
adm-v-address = Διεύθυνση
adm-v-floating = Δεσμευμένη
adm-v-network = Δίκτυο
adm-v-nic = Διεπαφή
adm-v-in-use = Σε χρήση
adm-v-user = Χρήστης
adm-v-action = Τι έγινε
adm-v-last-action = Τελευταία ενέργεια
adm-v-date = Πότε
adm-v-reason = Αιτιολογία
adm-v-project-status = Κατάσταση
adm-v-application-status = Κατάσταση αίτησης
adm-v-ends = Λήγει
adm-v-uuid = Αναγνωριστικό
adm-v-homepage = Ιστοσελίδα
adm-v-members = Μέλη
adm-v-comments = Σχόλια για την εξέταση
adm-v-member-resources = Ανώτατο ανά μέλος
adm-v-total-resources = Ανώτατο συνολικά
adm-v-usage = Χρήση
adm-v-is-base = Έργο συστήματος
adm-v-permissions = Δικαιώματα
adm-v-identifier = Αναγνωριστικό
adm-v-active = Ενεργός
adm-v-backend = Υπηρεσία
adm-v-task = Σε εξέλιξη
adm-v-cluster = Συστάδα
adm-v-job = Τελευταία εργασία
adm-v-job-status = Κατάστασή της
adm-v-opcode = Είδος της
adm-v-log = Τελευταία γραμμή της
adm-v-mac = Διεύθυνση MAC
adm-v-firewall = Τείχος προστασίας
adm-state-build = Δημιουργείται
adm-state-error = Σφάλμα
adm-state-stopped = Σταματημένη
adm-state-started = Σε λειτουργία
adm-state-destroyed = Καταστράφηκε
adm-state-creating = Δημιουργείται
adm-state-in-use = Σε χρήση
adm-state-deleted = Διαγράφηκε
adm-state-pending = Δημιουργείται
adm-state-suspended = Σε αναστολή
adm-state-down = Εκτός λειτουργίας
adm-in-use = Σε χρήση
adm-free = Δεν χρησιμοποιείται
adm-associated = Δόθηκε
adm-released = Αφαιρέθηκε
adm-things = Βρέθηκαν { $n }
adm-deleted-hidden = Παραλείπονται
adm-deleted-all = Φαίνονται κι αυτά
adm-deleted-only = Μόνο αυτά
adm-search-things = Όνομα, αριθμός, αναγνωριστικό …
adm-tips = Πώς να αναζητήσετε
adm-tips-words = Πρέπει να ταιριάζουν όλες οι λέξεις· OR ανάμεσά τους σημαίνει είτε τη μία είτε την άλλη, field=value ψάχνει σε ένα πεδίο.
adm-tips-filters = Τα φίλτρα γράφονται όνομα:τιμή, πολλές τιμές χωρίζονται με κόμματα:
adm-tips-keys = Πλήκτρα:
adm-tips-search = αναζήτηση παντού,
adm-tips-messages = εμφάνιση ή απόκρυψη των μηνυμάτων,
adm-tips-close = κλείσιμο όσων είναι ανοιχτά.
adm-no-messages = Κανένα μήνυμα.
adm-view-compact = Όλα σε ένα πεδίο
adm-view-standard = Ξεχωριστά πεδία
adm-more-filters = Περισσότερα φίλτρα
adm-by-has-not-auth-providers = Χωρίς μέθοδο σύνδεσης
adm-by-vm = Μηχανή
adm-by-vol = Δίσκος
adm-by-net = Δίκτυο
adm-by-ip = Διεύθυνση
adm-by-proj = Έργο
adm-by-suspended = Σε αναστολή
adm-by-disk-template = Πρότυπο δίσκου
adm-by-index = Θέση
adm-by-source = Πηγή
adm-by-public = Δημόσιο
adm-by-drained = Κλειστό σε νέες συνδέσεις
adm-by-floating-ip = Δεσμευμένη
adm-by-is-base = Έργο συστήματος
adm-nothing = Δεν υπάρχει τίποτα εδώ
adm-nothing-further = Τίποτα δεν ταιριάζει στα νεότερα· η επόμενη σελίδα κοιτάζει πιο πίσω.
adm-nothing-yet = Ό,τι φτιάχνουν οι χρήστες εμφανίζεται εδώ.
adm-everybody = Όλων
adm-all-matching-things = Όλα όσα ταιριάζουν στα φίλτρα, σε όλες τις σελίδες
adm-shown = Φαίνονται { $n }
adm-shown-of-more = Τα πρώτα { $n } από περισσότερα
adm-deleted-left-out = τα διαγραμμένα παραλείπονται
adm-list-all = Εμφάνιση όλων
adm-mails = Μηνύματα
adm-nics = Διεπαφές
adm-image = Εικόνα
adm-type = Τύπος
adm-source = Πηγή
adm-backend = Συστάδα
adm-metadata = Μεταδεδομένα
adm-usage = Χρήση
adm-members = Μέλη
adm-on-page = Σε αυτή τη σελίδα
adm-quotas = Όρια
adm-sender = Από
adm-sender-help = Μια διεύθυνση του δικού μας τομέα φαίνεται ως αποστολέας· οποιαδήποτε άλλη λαμβάνει μόνο τις απαντήσεις.
adm-bulk-ask-things = { $op }: { $n } επιλεγμένα
adm-no-thing = { $kind }: δεν υπάρχει με αριθμό «{ $name }».
done-adm-nothing = Δεν επιλέχθηκε τίποτα.
adm-in-progress = Σε εξέλιξη.
adm-deed-vm-start = Εκκίνηση
adm-deed-vm-shutdown = Τερματισμός
adm-deed-vm-reboot = Επανεκκίνηση
adm-deed-vm-suspend = Αναστολή
adm-deed-vm-unsuspend = Άρση αναστολής
adm-deed-vm-destroy = Καταστροφή
adm-deed-network-drain = Κλείσιμο σε νέες συνδέσεις
adm-deed-network-undrain = Άνοιγμα σε νέες συνδέσεις
adm-deed-network-destroy = Καταστροφή
adm-deed-ip-destroy = Αποδέσμευση
adm-ask-vm-shutdown = Ό,τι τρέχει στη μηχανή τερματίζεται· ο κάτοχος δεν ειδοποιείται με μήνυμα.
adm-ask-vm-reboot = Ό,τι τρέχει στη μηχανή διακόπτεται.
adm-ask-vm-suspend = Ο κάτοχος δεν μπορεί πια να κάνει τίποτα με τη μηχανή, μέχρι να αρθεί η αναστολή. Η μηχανή συνεχίζει να λειτουργεί.
adm-ask-vm-destroy = Η μηχανή και οι δίσκοι της αφαιρούνται οριστικά.
adm-ask-network-drain = Κανείς δεν παίρνει εκεί νέες διευθύνσεις ή διεπαφές· ό,τι είναι συνδεδεμένο μένει.
adm-ask-network-destroy = Το δίκτυο αφαιρείται οριστικά.
adm-ask-ip-destroy = Η διεύθυνση δεν είναι πια δεσμευμένη για τον κάτοχό της· μπορεί να την πάρει άλλος.
adm-extra-activation-url = Σύνδεσμος ενεργοποίησης
adm-downloads = Λήψη
adm-infrastructure = Υποδομή
adm-exclusiveness = Μέθοδοι σύνδεσης ανά χρήστη
adm-exclusive = Μόνο μία
adm-not-exclusive = Περισσότερες, ή καμία
adm-provider-status = Χρήστες ανά μέθοδο σύνδεσης
adm-status-provider = Χρήστες ανά κατάσταση
adm-status-total = Όλοι
adm-status-verified = Επιβεβαιωμένοι
adm-status-active = Ενεργοί
adm-status-exclusive = Μόνο με αυτή τη μέθοδο
adm-resources = Πόροι
adm-used-allocated = Σε χρήση / κατανεμημένα
adm-servers = Μηχανές ανά κατάσταση
adm-pools = Διευθύνσεις ανά δεξαμενή
adm-templates = Δίσκοι ανά πρότυπο
adm-images = Μηχανές ανά εικόνα
adm-clusters = Μηχανές ανά συστάδα
adm-machines = Μηχανές
adm-addresses = Διευθύνσεις
adm-disks = Δίσκοι
adm-server-build = Δημιουργούνται
adm-server-error = Σφάλμα
adm-server-stopped = Σταματημένες
adm-server-active = Σε λειτουργία
adm-server-resize = Αλλάζουν μέγεθος
adm-server-deleted = Διαγραμμένες
adm-pool-active-used = Σε χρήση
adm-pool-active-free = Ελεύθερες
adm-pool-drained-used = Σε χρήση, κλειστή δεξαμενή
adm-pool-drained-free = Ελεύθερες, κλειστή δεξαμενή
adm-stats-astakos-terse = Χρήστες, σύντομα (JSON)
adm-stats-astakos-detail = Χρήστες, αναλυτικά (JSON)
adm-stats-cyclades-terse = Μηχανές, σύντομα (JSON)
adm-stats-cyclades-detail = Μηχανές, αναλυτικά (JSON)

## Guide

## Μέθοδοι σύνδεσης, captcha, δεύτερος παράγοντας
add = Προσθήκη
began = Έναρξη
captcha-broken = Η φόρμα δεν μπορεί να σταλεί αυτή τη στιγμή. Επικοινωνήστε με την ομάδα υποστήριξης.
captcha-help = Για να ξέρουμε ότι δεν είστε πρόγραμμα.
captcha-noscript = Αυτή η ερώτηση χρειάζεται JavaScript. Ενεργοποιήστε τη JavaScript ή γράψτε στην ομάδα υποστήριξης.
captcha-sum = Πόσο κάνει { $sum };
change = Αλλαγή
codes-how = Κάθε κωδικός ανοίγει μία φορά τον λογαριασμό σας, όταν δεν έχετε άλλον δεύτερο παράγοντα. Τυπώστε τους ή φυλάξτε τους εκεί όπου φυλάτε τους κωδικούς πρόσβασής σας. Εμφανίζονται μόνο τώρα.
codes-kept = Τους φύλαξα
codes-left = { $n ->
    [1] Απομένει ένας κωδικός ανάκτησης.
   *[other] Απομένουν { $n } κωδικοί ανάκτησης.
 }
codes-renew = Νέοι κωδικοί ανάκτησης
codes-title = Οι κωδικοί ανάκτησής σας
contact-email = Διεύθυνση email επικοινωνίας
done-factor-added = Ο δεύτερος παράγοντας ρυθμίστηκε.
done-factor-removed = Ο δεύτερος παράγοντας αφαιρέθηκε.
existing-no = Όχι, εγγραφή
existing-text = Μπορείτε να προσθέσετε τη μέθοδο «{ $name }» σε έναν λογαριασμό που έχετε εδώ: συνδεθείτε σε αυτόν και η μέθοδος θα προστεθεί.
existing-title = Έχετε ήδη λογαριασμό;
existing-yes = Ναι, προσθήκη στον λογαριασμό μου
factor-name = Όνομα
factor-name-help = Για να ξεχωρίζετε τις συσκευές σας, για παράδειγμα «Τηλέφωνο».
identifier = Αναγνωριστικό
login-methods = Μέθοδοι σύνδεσης
login-methods-help = Με αυτές μπορείτε να συνδέεστε στον λογαριασμό σας.
login-using = Σύνδεση με
method-not-supported = Η μέθοδος «{ $name }» δεν διατίθεται ακόμη εδώ.
method-off = Δεν χρησιμοποιείται για σύνδεση
method-remove-ask = Δεν θα μπορείτε πλέον να συνδέεστε με τη μέθοδο «{ $name }».
method-remove-yes = Αφαίρεση
method-stays = Δεν αφαιρείται
methods-available = Μπορείτε να προσθέσετε
outside-forced = Το ορίζει ο πάροχός σας.
outside-greeting = Σχεδόν τελειώσατε. Σας γνωρίζουμε από τη μέθοδο «{ $name }»:
outside-terms = Αποδέχομαι τους
outside-terms-link = όρους χρήσης
outside-used = Υπάρχει λογαριασμός με αυτή τη διεύθυνση.
outside-used-link = Προσθέστε σε αυτόν αυτή τη μέθοδο σύνδεσης
switch-send = Στείλτε μου σύνδεσμο για να προσθέσω αυτή την ακαδημαϊκή ταυτότητα σε εκείνον τον λογαριασμό
switch-title = Προσθήκη ακαδημαϊκής ταυτότητας
switch-ask = Κάποιος συνδέθηκε με την παρακάτω ταυτότητα και ζητά να συνδέεται με αυτήν στον παρακάτω λογαριασμό.
switch-account = Λογαριασμός
switch-identity = Ταυτότητα
switch-warning = Συμφωνήστε μόνο αν αυτή η ταυτότητα είναι δική σας: όποιος την έχει θα μπορεί στο εξής να συνδέεται στον λογαριασμό.
switch-log-in-first = Ο λογαριασμός έχει δεύτερο παράγοντα, γι' αυτό θα σας ζητηθεί πρώτα να συνδεθείτε.
switch-agree = Προσθήκη και σύνδεση
passkey = Κλειδί πρόσβασης
passkey-about = Ένα κλειδί που φυλάσσεται στο τηλέφωνο, στον υπολογιστή ή σε μια συσκευή ασφαλείας και ανοίγει με δαχτυλικό αποτύπωμα, με το πρόσωπο ή με PIN.
passkey-ask = Χρησιμοποιήστε το κλειδί πρόσβασης της συσκευής σας.
passkey-failed = Η συσκευή δεν απάντησε. Δοκιμάστε ξανά.
passkey-noscript = Τα κλειδιά πρόσβασης χρειάζονται JavaScript.
passkey-setup = Ρύθμιση κλειδιού πρόσβασης
passkey-touch = Συνέχεια με τη συσκευή
passkey-use = Χρήση κλειδιού πρόσβασης
recovery-code = Κωδικός ανάκτησης
recovery-codes = Κωδικοί ανάκτησης
recovery-help = Ένας από τους κωδικούς που φυλάξατε όταν ρυθμίσατε τον δεύτερο παράγοντα.
remove = Αφαίρεση
second-about = Ο δεύτερος παράγοντας προστατεύει τον λογαριασμό σας ακόμη κι αν κάποιος μάθει τον κωδικό πρόσβασής σας: ζητείται μετά από αυτόν.
second-back = Από την αρχή
second-factor = Δεύτερος παράγοντας
second-help = Τα έξι ψηφία που δείχνει η εφαρμογή σας, ή ένας κωδικός ανάκτησης.
second-login-again = Αποσυνδεθείτε και συνδεθείτε ξανά με τον δεύτερο παράγοντα για να συνεχίσετε.
second-must = Ο λογαριασμός σας πρέπει να έχει δεύτερο παράγοντα. Ρυθμίστε τον τώρα για να συνεχίσετε.
second-none = Δεν έχετε δεύτερο παράγοντα.
second-remove-yes = Αφαίρεση αυτού του δεύτερου παράγοντα
second-required = Ο λογαριασμός σας πρέπει να έχει έναν.
second-title = Δεύτερος παράγοντας
session-token = Διακριτικό API
session-token-help = Τα προγράμματα το χρησιμοποιούν στο όνομά σας. Όταν εκδοθεί νέο διακριτικό, το παλιό παύει αμέσως να ισχύει.
set-up = Ρύθμιση
signup-using = Εγγραφή με
since = από { $when }
totp = Κωδικοί εφαρμογής
totp-about = Μια εφαρμογή στο τηλέφωνό σας δείχνει έξι ψηφία που αλλάζουν κάθε μισό λεπτό.
totp-code = Κωδικός
totp-confirm = Έλεγχος του κωδικού
totp-how = Σαρώστε αυτή την εικόνα με την εφαρμογή κωδικών σας και γράψτε τα έξι ψηφία που δείχνει.
totp-open = Άνοιγμα σε εφαρμογή αυτής της συσκευής
totp-picture = Κωδικός QR για την εφαρμογή σας
totp-setup = Ρύθμιση κωδικών εφαρμογής
totp-typed = Ή γράψτε αυτό στην εφαρμογή:
used-last = τελευταία χρήση
used-when = χρήση { $when }

## Texts of login methods
AUTH_PROVIDER_LOCAL_TITLE = Κλασική
AUTH_PROVIDER_LDAP_TITLE = Εταιρική
AUTH_PROVIDER_SHIBBOLETH_TITLE = Ακαδημαϊκή
AUTH_PROVIDERS_LOGIN_TITLE = Σύνδεση: { $title }
AUTH_PROVIDER_SHIBBOLETH_LOGIN_TITLE = Ακαδημαϊκή σύνδεση
AUTH_PROVIDERS_METHOD_PROMPT = { $title }
AUTH_PROVIDERS_ACCOUNT_PROMPT = { $title }
AUTH_PROVIDER_SHIBBOLETH_SIGNUP_TITLE = Ακαδημαϊκή
AUTH_PROVIDERS_PRIMARY_LOGIN_PROMPT = Συνδεθείτε με τη μέθοδο «{ $title }»
AUTH_PROVIDERS_REQUIRED = Η μέθοδος σύνδεσης «{ $title }» είναι υποχρεωτική για τον λογαριασμό σας.
AUTH_PROVIDERS_LOGIN_PROMPT = Χρησιμοποιήστε τη μέθοδο «{ $title }»
AUTH_PROVIDERS_ADD_PROMPT = Για να συνδέεστε και με τη μέθοδο «{ $title }».
AUTH_PROVIDER_LOCAL_ADD_PROMPT = Ορίστε έναν κωδικό πρόσβασης, για να συνδέεστε και με αυτόν.
AUTH_PROVIDERS_LOGOUT_SUCCESS_EXTRA = Η συνεδρία σας στο { $title } ίσως μένει ανοιχτή· αποσυνδεθείτε και από εκεί.
AUTH_PROVIDER_SHIBBOLETH_LOGOUT_SUCCESS_EXTRA = Η συνεδρία σας στο ίδρυμά σας ίσως μένει ανοιχτή· για να την τερματίσετε, κλείστε όλα τα παράθυρα του φυλλομετρητή.
AUTH_PROVIDERS_CANNOT_LOGIN = Η μέθοδος σύνδεσης «{ $title }» δεν χρησιμοποιείται για σύνδεση στον λογαριασμό σας.

## Identity's messages
ACCOUNT_ACTIVATED = Ο λογαριασμός σας είναι ενεργός και έχετε συνδεθεί. Καλώς ήρθατε!
ACCOUNT_ALREADY_ACTIVE = Ο λογαριασμός είναι ήδη ενεργός.
ACCOUNT_ALREADY_MODERATED = Έχει ήδη ληφθεί απόφαση για αυτόν τον λογαριασμό.
ACCOUNT_ALREADY_VERIFIED = Το email αυτού του λογαριασμού έχει ήδη επιβεβαιωθεί.
ACCOUNT_DEACTIVATED = Ο λογαριασμός σας δεν είναι ενεργός.
ACCOUNT_NOT_ACTIVE = Ο λογαριασμός δεν είναι ενεργός.
ACCOUNT_NOT_MODERATED = Δεν έχει ληφθεί ακόμη απόφαση για τον λογαριασμό.
ACCOUNT_NOT_VERIFIED = Η διεύθυνση email του λογαριασμού δεν έχει επιβεβαιωθεί.
ACCOUNT_PENDING_ACTIVATION_HELP = Στείλαμε ένα μήνυμα επιβεβαίωσης στη διεύθυνση που δώσατε στην εγγραφή. Ανοίξτε τον σύνδεσμο που περιέχει για να συνεχίσετε· δείτε και στα ανεπιθύμητα μηνύματα.
ACCOUNT_REJECTED = Το αίτημα για αυτόν τον λογαριασμό απορρίφθηκε.
ACCOUNT_RESEND_ACTIVATION = Νέα αποστολή του μηνύματος επιβεβαίωσης
ACCOUNT_UNKNOWN = Δεν υπάρχει τέτοιος λογαριασμός.
ACTIVATION_SENT = Στάλθηκε σύνδεσμος επιβεβαίωσης στη διεύθυνση email σας.
ACTIVE_USER_SET_EMAIL = Το email ενεργού χρήστη δεν ορίζεται απευθείας.
APPLICATION_APPROVED = Η αίτηση εγκρίθηκε.
APPLICATION_CANCELLED = Η αίτηση ακυρώθηκε.
APPLICATION_CANNOT_APPROVE = Η αίτηση %s είναι σε κατάσταση «%s» και δεν μπορεί να εγκριθεί.
APPLICATION_CANNOT_CANCEL = Η αίτηση %s είναι σε κατάσταση «%s» και δεν μπορεί να ακυρωθεί.
APPLICATION_CANNOT_DENY = Η αίτηση %s είναι σε κατάσταση «%s» και δεν μπορεί να απορριφθεί.
APPLICATION_CANNOT_DISMISS = Η αίτηση %s είναι σε κατάσταση «%s» και δεν μπορεί να παραμεριστεί.
APPLICATION_DENIED = Η αίτηση απορρίφθηκε.
APPLICATION_DISMISSED = Η αίτηση παραμερίστηκε.
AUTH_PROVIDER_ACCOUNT_INACTIVE = Ο λογαριασμός σας είναι απενεργοποιημένος.
AUTH_PROVIDER_ADDED = Η μέθοδος «{ $method_prompt }» προστέθηκε στον λογαριασμό σας.
AUTH_PROVIDER_ADD_DISABLED = Η μέθοδος «{ $method_prompt }» δεν μπορεί να χρησιμοποιηθεί με τον λογαριασμό σας.
AUTH_PROVIDER_ADD_EXISTS = Αυτή η ταυτότητα (μέθοδος «{ $method_prompt }») ανήκει σε άλλον λογαριασμό.
AUTH_PROVIDER_ADD_FAILED = Η προσθήκη της μεθόδου «{ $method_prompt }» δεν ήταν δυνατή.
AUTH_PROVIDER_ADD_TO_EXISTING_ACCOUNT = Μπορείτε να προσθέσετε τη μέθοδο «{ $method_prompt }» στον λογαριασμό σας από τη σελίδα του προφίλ.
AUTH_PROVIDER_AUTHENTICATION_FAILED = Η σύνδεση απέτυχε.
AUTH_PROVIDER_CANNOT_CHANGE_PASSWORD = Ο κωδικός πρόσβασης αυτού του λογαριασμού δεν αλλάζει από εδώ.
AUTH_PROVIDER_INVALID_LOGIN = Δεν υπάρχει λογαριασμός για αυτή την ταυτότητα.
AUTH_PROVIDER_LOGIN_DISABLED = Η μέθοδος «{ $method_prompt }» δεν διατίθεται για τον λογαριασμό σας. Συνδεθείτε με { $available_methods_links }.
AUTH_PROVIDER_LOGIN_SUCCESS = Συνδεθήκατε.
AUTH_PROVIDER_LOGIN_TO_ADD = Συνδεθείτε στον λογαριασμό σας και η νέα μέθοδος σύνδεσης θα προστεθεί σε αυτόν.
AUTH_PROVIDER_LOGOUT_SUCCESS = Αποσυνδεθήκατε από το { $service_name }.
AUTH_PROVIDER_NOT_ACTIVE = Η μέθοδος «{ $method_prompt }» είναι απενεργοποιημένη.
AUTH_PROVIDER_NOT_ACTIVE_FOR_ADD = Δεν μπορείτε να προσθέσετε τη μέθοδο «{ $method_prompt }».
AUTH_PROVIDER_NOT_ACTIVE_FOR_CREATE = Δεν μπορείτε να εγγραφείτε με τη μέθοδο «{ $method_prompt }».
AUTH_PROVIDER_NOT_ACTIVE_FOR_USER = Δεν μπορείτε να συνδεθείτε με τη μέθοδο «{ $method_prompt }».
AUTH_PROVIDER_PENDING_ACTIVATION = Ο λογαριασμός σας περιμένει την επιβεβαίωση της διεύθυνσης email του.
AUTH_PROVIDER_PENDING_MODERATION = Ο λογαριασμός σας περιμένει έγκριση.
AUTH_PROVIDER_PENDING_REGISTRATION = Υπάρχει ημιτελής εγγραφή του λογαριασμού { $username } (μέθοδος «{ $title }») με τη διεύθυνση { $user_email }. Αν συνεχίσετε, διαγράφεται.
AUTH_PROVIDER_PENDING_RESEND_ACTIVATION = Νέα αποστολή του μηνύματος επιβεβαίωσης
AUTH_PROVIDER_REMOVED = Η μέθοδος «{ $method_prompt }» αφαιρέθηκε από τον λογαριασμό σας.
AUTH_PROVIDER_REQUIRED = Η μέθοδος «{ $method_prompt }» είναι υποχρεωτική· προσθέστε την από τη σελίδα του προφίλ σας.
AUTH_PROVIDER_SWITCHED = Η μέθοδος «{ $method_prompt }» άλλαξε στον λογαριασμό σας.
AUTH_PROVIDER_UNUSABLE_PASSWORD = Η μέθοδος «{ $method_prompt }» δεν διατίθεται για τον λογαριασμό σας. Συνδεθείτε με { $available_methods_links }.
BASE_NO_MODIFY_FIELDS = Στα έργα συστήματος δεν αλλάζουν: %s.
BASE_NO_TERMINATE = Το %s είναι έργο συστήματος και δεν τερματίζεται.
BASE_PROJECT_NAME_ERR = Αυτό δεν είναι όνομα έργου συστήματος.
CAPTCHA_VALIDATION_ERR = Η ερώτηση ασφαλείας (captcha) δεν λύθηκε. Δοκιμάστε ξανά.
DISABLED_FOR_CREATE = Το { $service_name } δεν δέχεται προς το παρόν νέους χρήστες με αυτή τη μέθοδο.
DOMAIN_VALUE_ERR = Το όνομα πρέπει να μοιάζει με όνομα τομέα.
EMAIL_CHANGED = Η διεύθυνση email του λογαριασμού σας άλλαξε.
EMAIL_CHANGE_REGISTERED = Η αλλαγή της διεύθυνσης email σας καταχωρίστηκε. Επιβεβαιώστε την με τον σύνδεσμο που στάλθηκε στη νέα διεύθυνση.
EMAIL_CHANGE_EXPIRED = Αυτός ο σύνδεσμος είναι πολύ παλιός. Ζητήστε ξανά την αλλαγή της διεύθυνσης email.
EMAIL_CHANGE_REFUSED = Η διεύθυνση email μένει όπως είναι. Οι σύνδεσμοι που στάλθηκαν δεν ισχύουν πλέον.
EMAIL_CHANGE_UNKNOWN = Αυτός ο σύνδεσμος δεν ισχύει ή έχει ήδη χρησιμοποιηθεί.
EMAIL_CHANGE_WAITS = Ευχαριστούμε. Η αλλαγή θα γίνει μόλις συμφωνήσει και η άλλη διεύθυνση email.
MODERATION_LINK_INVALID = Αυτός ο σύνδεσμος δεν ισχύει ή είναι πολύ παλιός.
EMAIL_RESERVED = Η διεύθυνση %(email)s χρησιμοποιείται ήδη.
EMAIL_UNKNOWN = Κανένας λογαριασμός δεν έχει αυτή τη διεύθυνση email.
EMAIL_USED = Υπάρχει λογαριασμός με αυτή τη διεύθυνση email.
FEEDBACK_SENT = Ευχαριστούμε, το μήνυμά σας στάλθηκε.
GENERIC_ERROR = Κάτι πήγε στραβά. Επικοινωνήστε με την ομάδα υποστήριξης.
INCONSISTENT_PROJECT_DATES = Η λήξη πρέπει να είναι μετά την έναρξη.
INVALID_ACTIVATION_KEY = Αυτό το κλειδί ενεργοποίησης δεν ισχύει ή έχει ήδη χρησιμοποιηθεί.
INVALID_EMAIL = Αυτή δεν είναι έγκυρη διεύθυνση email.
INVALID_LOGIN_CREDENTIALS = Λάθος email ή κωδικός.
INVALID_PROJECT_END_DATE = Η λήξη είναι στο παρελθόν.
INVALID_PROJECT_START_DATE = Η έναρξη είναι στο παρελθόν.
INVALID_RESET_LINK = Αυτός ο σύνδεσμος για νέο κωδικό πρόσβασης δεν ισχύει ή έχει ήδη χρησιμοποιηθεί.
INVALID_RESOURCE_DATA = Κάποιες τιμές πόρων δεν είναι έγκυρες.
INVITATION_CONSUMED_ERR = Η πρόσκληση έχει ήδη χρησιμοποιηθεί.
INVITATION_EMAIL_EXISTS = Αυτή η διεύθυνση έχει ήδη προσκληθεί.
INVITATION_SENT = Η πρόσκληση στάλθηκε στο %(email)s.
LOCAL_PROVIDER_ACTIVE = Η τοπική μέθοδος σύνδεσης είναι ήδη ενεργή.
LOGGED_IN_WARNING = Είστε ήδη συνδεδεμένοι.
MAX_INVITATION_NUMBER_REACHED = Δεν σας απομένουν προσκλήσεις.
MEMBERSHIP_ACCEPTED = Ο χρήστης είναι ήδη μέλος.
MEMBERSHIP_ASSOCIATED = Υπάρχει ήδη αίτημα ή συμμετοχή.
MEMBER_JOIN_POLICY_CLOSED = Το έργο δεν δέχεται νέα μέλη.
MEMBER_LEAVE_POLICY_CLOSED = Τα μέλη δεν μπορούν να αποχωρήσουν από αυτό το έργο.
MEMBER_NUMBER_LIMIT_REACHED = Το έργο είναι πλήρες.
MISSING_NEXT_PARAMETER = Λείπει η παράμετρος next.
NAME_TOO_LONG = Αυτό είναι υπερβολικά μεγάλο.
NOTIFICATION_SENT = Το email σας επιβεβαιώθηκε. Ο λογαριασμός περιμένει τώρα έγκριση· θα ενημερωθείτε με email.
NOT_ACCEPTED_MEMBERSHIP = Η συμμετοχή δεν έχει γίνει δεκτή.
NOT_ALIVE_PROJECT = Το έργο %s δεν είναι ενεργό.
NOT_ALLOWED = Αυτό δεν επιτρέπεται.
NOT_ALLOWED_NEXT_PARAM = Η τιμή της παραμέτρου next δεν επιτρέπεται.
NOT_INITIALIZED_PROJECT = Το έργο %s δεν έχει αρχικοποιηθεί.
NOT_MEMBERSHIP_REQUEST = Δεν υπάρχει τέτοιο αίτημα συμμετοχής.
NOT_SUSPENDED_PROJECT = Το έργο %s δεν έχει ανασταλεί.
NOT_TERMINATED_PROJECT = Το έργο %s δεν έχει τερματιστεί.
NO_APPLICANT = Η αίτηση δεν έχει αιτούντα.
NO_APPROVAL_TERMS = Δεν υπάρχουν όροι χρήσης.
NO_LOCAL_AUTH = Αυτός ο λογαριασμός δεν έχει κωδικό πρόσβασης· χρησιμοποιήστε μια άλλη από τις μεθόδους σύνδεσής του.
PASSWORDS_DIFFER = Οι δύο κωδικοί διαφέρουν.
PASSWORD_CHANGED = Ο νέος κωδικός πρόσβασης ορίστηκε.
PASSWORD_INCORRECT = Ο τωρινός κωδικός πρόσβασής σας δεν είναι σωστός.
PASSWORD_LIKE_ACCOUNT = Ο κωδικός πρόσβασης πρέπει να διαφέρει από το όνομα και τη διεύθυνση email σας.
PASSWORD_RESET_CONFIRM_DONE = Ο κωδικός πρόσβασής σας άλλαξε. Συνδεθείτε με τον νέο.
PASSWORD_RESET_DONE = Αν υπάρχει ο λογαριασμός, οι οδηγίες για νέο κωδικό πρόσβασης έχουν ήδη σταλεί στη διεύθυνσή του.
PASSWORD_TOO_COMMON = Αυτός ο κωδικός πρόσβασης μαντεύεται πολύ εύκολα.
PASSWORD_TOO_LONG = Ο κωδικός πρόσβασης είναι υπερβολικά μεγάλος.
PASSWORD_TOO_SHORT = Ο κωδικός πρόσβασης είναι υπερβολικά μικρός: χρειάζονται τουλάχιστον %s χαρακτήρες.
PENDING_APPLICATION_LIMIT_ADD = Φτάσατε το όριο των %s εκκρεμών αιτήσεων και δεν μπορείτε να δημιουργήσετε έργο τώρα. Ακυρώστε κάποια που δεν χρειάζεστε.
PENDING_APPLICATION_LIMIT_MODIFY = Φτάσατε το όριο των %s εκκρεμών αιτήσεων και δεν μπορείτε να αλλάξετε έργο τώρα. Ακυρώστε κάποια που δεν χρειάζεστε.
PENDING_EMAIL_CHANGE_CALLED_OFF = Ο νέος κωδικός πρόσβασης ακυρώνει την αλλαγή της διεύθυνσης email σας που εκκρεμούσε. Ζητήστε την ξανά, αν τη θέλετε ακόμη.
PENDING_EMAIL_CHANGE_REQUEST = Εκκρεμεί ήδη αλλαγή της διεύθυνσης email σας· ένα νέο αίτημα την αντικαθιστά.
PROFILE_UPDATED = Το προφίλ σας αποθηκεύτηκε.
PROJECT_MODIFICATION_SUBMITTED = Η αλλαγή σας ελήφθη και θα εξεταστεί.
PROJECT_SUBMITTED = Η αίτησή σας ελήφθη και θα εξεταστεί.
REACHED_PENDING_APPLICATION_LIMIT = Δεν επιτρέπονται πάνω από %s εκκρεμείς αιτήσεις έργων.
REQUIRED_FIELD = Αυτό το πεδίο πρέπει να συμπληρωθεί.
SHIBBOLETH_MISSING_NAME = Το ίδρυμά σας δεν έστειλε το όνομά σας.
SHIBBOLETH_MISSING_USER_ID = Το ίδρυμά σας δεν έστειλε αναγνωριστικό για εσάς, γι’ αυτό δεν μπορείτε να συνδεθείτε στο %(domain)s με αυτό. Γράψτε στο %(contact_email)s για βοήθεια.
SHIBBOLETH_NOT_FOUND = Ο χρήστης δεν έχει μέθοδο σύνδεσης Shibboleth.
SIGN_TERMS = Πρέπει πρώτα να αποδεχτείτε τους όρους.
SUSPENDED_PROJECT = Το έργο %s έχει ήδη ανασταλεί.
SWITCH_ACCOUNT_FAILURE = Η αλλαγή του λογαριασμού δεν ήταν δυνατή.
SWITCH_ACCOUNT_LINK_SENT = Ένας τοπικός λογαριασμός χρησιμοποιεί αυτή τη διεύθυνση. Ένας σύνδεσμος για να προσθέσετε σε αυτόν την ακαδημαϊκή σας ταυτότητα στάλθηκε στο %(email)s.
SWITCH_ACCOUNT_SUCCESS = Η μέθοδος σύνδεσης «%(provider)s» ισχύει πλέον για τον λογαριασμό σας.
TOKEN_UPDATED = Το διακριτικό API σας ανανεώθηκε.
TOO_MANY_REQUESTS = Πάρα πολλές προσπάθειες. Περιμένετε λίγο και δοκιμάστε ξανά.
UNINITIALIZED_NO_MODIFY = Το έργο %s δεν έχει αρχικοποιηθεί και δεν αλλάζει.
UNKNOWN_PROJECT_APPLICATION_ID = Δεν υπάρχει αίτηση έργου %s.
UNKNOWN_PROJECT_ID = Δεν υπάρχει έργο %s.
UNKNOWN_USERS = Δεν υπάρχει ενεργός λογαριασμός για: %s
UNKNOWN_USER_ID = Δεν υπάρχει χρήστης %s.
USER_JOINED_PROJECT = Είστε πλέον μέλος του έργου.
USER_JOIN_REQUEST_SUBMITTED = Το αίτημα συμμετοχής σας στάλθηκε στον υπεύθυνο του έργου.
USER_LEAVE_REQUEST_SUBMITTED = Το αίτημα αποχώρησής σας στάλθηκε στον υπεύθυνο του έργου.
USER_LEFT_PROJECT = Αποχωρήσατε από το έργο.
USER_MEMBERSHIP_ACCEPTED = Ο χρήστης %s είναι πλέον μέλος.
USER_MEMBERSHIP_REJECTED = Το αίτημα του χρήστη %s απορρίφθηκε.
USER_MEMBERSHIP_REMOVED = Ο χρήστης %s δεν είναι πλέον μέλος.
USER_REQUEST_CANCELLED = Το αίτημα συμμετοχής σας αποσύρθηκε.
VERIFICATION_FAILED = Η επιβεβαίωση της διεύθυνσης email δεν ήταν δυνατή.
VERIFICATION_SENT = Η εγγραφή σας ελήφθη. Ανοίξτε τον σύνδεσμο στο μήνυμα επιβεβαίωσης που στείλαμε στη διεύθυνσή σας για να συνεχίσετε.

## Προγράμματα που ζητούν πρόσβαση
consent-allow = Επιτρέπω
consent-deny = Δεν επιτρέπω
consent-who = Έχετε συνδεθεί ως { $email }.
weblogin-title = Να αποκτήσει πρόσβαση ένα πρόγραμμα;
weblogin-text = Ένα πρόγραμμα στον υπολογιστή σας ζητά το διακριτικό του λογαριασμού σας. Περιμένει την απάντηση σε διεύθυνση που αρχίζει με { $scheme }:.
weblogin-address = Το διακριτικό θα σταλεί στο { $address }
weblogin-rights = Με αυτό το πρόγραμμα θα μπορεί να κάνει εδώ ό,τι κι εσείς, ώσπου το διακριτικό να λήξει ή να εκδώσετε νέο.
weblogin-renew = Θα εκδοθεί νέο διακριτικό: όσα προγράμματα έχουν το παλιό θα πάψουν να λειτουργούν και θα αποσυνδεθείτε από παντού αλλού.
weblogin-leave = Αποσύνδεση και συνέχεια
authorize-title = Να αποκτήσει πρόσβαση η εφαρμογή;
authorize-text = Η εφαρμογή { $client } ζητά να ενεργεί για λογαριασμό σας για λίγη ώρα.
authorize-scope = Για: { $scope }
authorize-target = Έπειτα θα επιστρέψετε στο { $origin }
menu-sign-in = Σύνδεση
menu-dashboard = Πίνακας ελέγχου
menu-sign-out = Αποσύνδεση
component-astakos = Ο λογαριασμός σας: το προφίλ, η χρήση και τα έργα που μοιράζεστε με άλλους.
component-pithos = Χώρος για τα αρχεία σας: ανεβάστε, μοιραστείτε και δημοσιεύστε τα.
component-cyclades = Εικονικές μηχανές και τα δίκτυα ανάμεσά τους.
LOGIN_AGAIN = Αποσυνδεθείτε και συνδεθείτε πρώτα ξανά, για να ξέρουμε ότι είστε εσείς.
PASSKEYS_NOT_SUPPORTED = Τα κλειδιά πρόσβασης δεν λειτουργούν σε αυτή τη διεύθυνση.
PASSKEY_REFUSED = Η απάντηση της συσκευής δεν έγινε δεκτή. Δοκιμάστε ξανά.
SECOND_FACTOR_NONE = Δεν υπάρχει ακόμη δεύτερος παράγοντας.
SECOND_FACTOR_OVER = Πέρασε πολλή ώρα ή έγιναν πάρα πολλές προσπάθειες. Ξεκινήστε από την αρχή.
SECOND_FACTOR_REQUIRED = Ο λογαριασμός σας πρέπει να έχει δεύτερο παράγοντα: ρυθμίστε έναν και κρατήστε τον.
SECOND_FACTOR_TOO_MANY = Υπάρχουν ήδη πάρα πολλοί. Αφαιρέστε πρώτα έναν.
SECOND_FACTOR_WRONG = Ο κωδικός δεν είναι σωστός ή χρησιμοποιήθηκε ήδη.

## Διαχείριση: μηνύματα
nav-adm-mail = Μηνύματα
adm-mail = Ουρά μηνυμάτων
adm-mail-queued = Σε αναμονή
adm-mail-failed = Δεν παραδόθηκαν
adm-mail-sent = Στάλθηκαν
adm-mail-none = Κανένα μήνυμα εδώ
adm-mail-about = Τα μηνύματα περιμένουν εδώ ώσπου να τα παραλάβει ο διακομιστής αλληλογραφίας. Όσα στάλθηκαν φαίνονται για μία εβδομάδα.
adm-mail-to = Προς
adm-mail-subject = Θέμα
adm-mail-attempts = Προσπάθειες
adm-mail-error = Τελευταίο σφάλμα
adm-mail-retry = Νέα προσπάθεια
adm-mail-retry-all = Νέα προσπάθεια για όλα
done-mail-retried = Στέλνονται ξανά.


=== im/email

{% block content %}{% endblock %}
{% block note %}{% endblock %}
Απορίες; Γράψτε στο {{ support }}
και θα σας απαντήσει άνθρωπος.

Ευχαριστούμε που χρησιμοποιείτε το {{ BRANDING_SERVICE_NAME }}{% if BRANDING_COMPANY_NAME %} ({{ BRANDING_COMPANY_NAME }}){% endif %}.

=== im/activation_email
Subject: <S>: επιβεβαίωση λογαριασμού

{% extends "im/email.txt" %}
{% block content %}Γεια σας{% if user.realname %}, {{ user.realname }}{% endif %},

επιβεβαιώστε ότι αυτή η διεύθυνση είναι δική σας, για να μπορεί να
χρησιμοποιηθεί ο λογαριασμός που ανοίχτηκε με αυτήν
στο {{ BRANDING_SERVICE_NAME }}:

{{ url }}
{% endblock %}
{% block note %}Λαμβάνετε αυτό το μήνυμα επειδή κάποιος, πιθανότατα εσείς, έκανε
εγγραφή με αυτή τη διεύθυνση. Αν δεν ήσασταν εσείς, μην κάνετε τίποτα:
χωρίς τον παραπάνω σύνδεσμο δεν ανοίγει λογαριασμός.
{% endblock %}

=== registration/email_change_email_new_email
Subject: <S>: αλλαγή διεύθυνσης

{% extends "im/email.txt" %}
{% block content %}Γεια σας{% if ec.user.realname %}, {{ ec.user.realname }}{% endif %},

ζητήθηκε να μεταφερθεί ο λογαριασμός σας στο {{ BRANDING_SERVICE_NAME }}
σε αυτή τη διεύθυνση,
{{ ec.new_email_address }}.
Επιβεβαιώστε ότι είναι δική σας{% if days %} (ο σύνδεσμος ισχύει {{ days }} ημέρες){% endif %}:

{{ url }}
{% if both %}
Πρέπει να συμφωνήσει και η τωρινή διεύθυνση.
{% endif %}{% endblock %}
{% block note %}Λαμβάνετε αυτό το μήνυμα επειδή κάποιος ζήτησε αυτή τη διεύθυνση στη
σελίδα στοιχείων ενός λογαριασμού. Αν δεν ήσασταν εσείς, μην κάνετε
τίποτα: χωρίς τον παραπάνω σύνδεσμο δεν αλλάζει τίποτα.
{% endblock %}

=== registration/email_change_email_old_email
Subject: <S>: αλλαγή διεύθυνσης

{% extends "im/email.txt" %}
{% block content %}Γεια σας{% if ec.user.realname %}, {{ ec.user.realname }}{% endif %},

ζητήθηκε να μεταφερθεί ο λογαριασμός σας στο {{ BRANDING_SERVICE_NAME }}
από αυτή τη διεύθυνση στην
{{ ec.new_email_address }}.
{% if both %}
Επιβεβαιώστε εδώ ότι το θέλετε{% if days %} (ο σύνδεσμος ισχύει {{ days }} ημέρες){% endif %}:

{{ url }}
{% else %}
Η αλλαγή γίνεται μόλις ανοιχτεί ο σύνδεσμος που στάλθηκε στη νέα
διεύθυνση. Δεν χρειάζεται να κάνετε κάτι εδώ.
{% endif %}{% endblock %}
{% block note %}Λαμβάνετε αυτό το μήνυμα επειδή αυτή είναι η διεύθυνση του λογαριασμού.
Αν δεν ζητήσατε εσείς την αλλαγή, αλλάξτε αμέσως τον κωδικό πρόσβασής
σας και γράψτε μας.
{% endblock %}

=== im/welcome_email
Subject: Καλώς ήρθατε στο <S>

{% extends "im/email.txt" %}
{% block content %}Γεια σας{% if user.realname %}, {{ user.realname }}{% endif %},

ο λογαριασμός σας στο {{ BRANDING_SERVICE_NAME }} είναι έτοιμος.
Συνδεθείτε ως {{ user.email }} εδώ:

{{ url }}
{% endblock %}
{% block note %}Λαμβάνετε αυτό το μήνυμα επειδή ο λογαριασμός σας μόλις
ενεργοποιήθηκε.
{% endblock %}

=== im/account_pending_moderation_notification
Subject: <S>: νέος λογαριασμός (%(user)s)

{% extends "im/email.txt" %}
{% block content %}Κάποιος εγγράφηκε στο {{ BRANDING_SERVICE_NAME }}, επιβεβαίωσε
τη διεύθυνσή του και περιμένει απόφαση:

  διεύθυνση  {{ user.email }}
  όνομα      {{ user.first_name }} {{ user.last_name }}
  αριθμός    {{ user.id }}
{% if message %}
Έγραψε:

{{ message }}
{% endif %}
{% if url %}Δείτε την αίτηση και αποφασίστε εδώ. Ο σύνδεσμος είναι μόνο για εσάς
και, όταν τον ανοίξετε, δεν αποφασίζεται ακόμη τίποτα:

{{ url }}
{% if expires %}
Ισχύει μέχρι {{ expires|date:"d/m/Y, H:i T" }}.
{% endif %}
Ή, στον διακομιστή της υπηρεσίας:
{% else %}Για αποδοχή, στον διακομιστή της υπηρεσίας:
{% endif %}
  snf-manage user-modify {{ user.id }} --accept
{% if not url %}
Για απόρριψη:
{% endif %}
  snf-manage user-modify {{ user.id }} --reject --reject-reason="..."
{% endblock %}
{% block note %}Λαμβάνετε αυτό το μήνυμα επειδή είστε στη λίστα όσων ενημερώνονται για
νέους λογαριασμούς. Μην το προωθήσετε.
{% endblock %}

=== im/moderation_digest
Subject: <S>: λογαριασμοί που περιμένουν απόφαση (%(count)s)

{% extends "im/email.txt" %}
{% block content %}Λογαριασμοί στο {{ BRANDING_SERVICE_NAME }} που περιμένουν απόφαση: {{ count }}.
{% for one in applicants %}
  {{ one.email }}
  {{ one.first_name }} {{ one.last_name }}{% if one.since %}, από {{ one.since|date:"d/m/Y" }}{% endif %}
{% if one.url %}
{{ one.url }}
{% else %}  snf-manage user-modify {{ one.id }} --accept
{% endif %}{% endfor %}{% if more %}
Και άλλοι που δεν αναφέρονται εδώ.
{% endif %}{% endblock %}
{% block note %}Λαμβάνετε αυτό το μήνυμα επειδή είστε στη λίστα όσων ενημερώνονται για
νέους λογαριασμούς. Οι σύνδεσμοι είναι μόνο για εσάς και, όταν τους
ανοίξετε, δεν αποφασίζεται ακόμη τίποτα. Μην τους προωθήσετε.
{% endblock %}

=== im/account_activated_notification
Subject: <S>: ενεργοποίηση λογαριασμού (%(user)s)

{% extends "im/email.txt" %}
{% block content %}Ενεργοποιήθηκε λογαριασμός στο {{ BRANDING_SERVICE_NAME }}:

  διεύθυνση  {{ user.email }}
  όνομα      {{ user.first_name }} {{ user.last_name }}
  αριθμός    {{ user.id }}
  αποδοχή    {{ user.accepted_policy|default:"με το χέρι" }}
{% if user.get_auth_provider %}  σύνδεση    {{ user.get_auth_provider.module }}
{% endif %}
Δεν χρειάζεται να κάνετε κάτι.
{% endblock %}
{% block note %}Λαμβάνετε αυτό το μήνυμα επειδή είστε στη λίστα όσων ενημερώνονται για
ενεργοποιήσεις λογαριασμών.
{% endblock %}

=== registration/password_email
Subject: Νέος κωδικός πρόσβασης στο <S>

{% extends "im/email.txt" %}
{% block content %}Γεια σας{% if user.realname %}, {{ user.realname }}{% endif %},

κάποιος, πιθανότατα εσείς, ζήτησε νέο κωδικό πρόσβασης για τον
λογαριασμό {{ email }} στο {{ BRANDING_SERVICE_NAME }}.

{% if url %}Ορίστε τον εδώ. Ο σύνδεσμος ισχύει τρεις ημέρες και για μία χρήση:

{{ url }}
{% else %}Δεν μπορούμε να σας στείλουμε σύνδεσμο για νέο κωδικό πρόσβασης:

{{ why }}
{% if again %}
{{ again }}:

{{ link }}
{% endif %}{% endif %}{% endblock %}
{% block note %}Λαμβάνετε αυτό το μήνυμα επειδή αυτή η διεύθυνση δόθηκε στη σελίδα για
χαμένους κωδικούς πρόσβασης. Αν δεν ήσασταν εσείς, μην κάνετε τίποτα:
ο κωδικός σας μένει όπως είναι.
{% endblock %}

=== im/account_notice
Subject: <S>: αλλαγή στην ασφάλεια του λογαριασμού σας

{% extends "im/email.txt" %}
{% block content %}Γεια σας{% if user.realname %}, {{ user.realname }}{% endif %},

{% if event == "password-changed" %}ο κωδικός πρόσβασης του λογαριασμού σας στο
{{ BRANDING_SERVICE_NAME }} άλλαξε.
Όλες οι άλλες συνεδρίες τερματίστηκαν.
{% elif event == "password-reset" %}ορίστηκε νέος κωδικός για τον λογαριασμό σας στο {{ BRANDING_SERVICE_NAME }}
με τον σύνδεσμο που σας στείλαμε. Όλες οι συνεδρίες τερματίστηκαν.
{% elif event == "password-made" %}ο λογαριασμός σας στο {{ BRANDING_SERVICE_NAME }} έχει πλέον κωδικό
πρόσβασης. Όλες οι άλλες συνεδρίες τερματίστηκαν.
{% elif event == "password-set" %}ένας διαχειριστής όρισε νέο κωδικό για τον λογαριασμό σας στο
{{ BRANDING_SERVICE_NAME }}. Όλες οι συνεδρίες τερματίστηκαν.
{% elif event == "factor-added" %}προστέθηκε δεύτερος παράγοντας στον λογαριασμό σας στο {{ BRANDING_SERVICE_NAME }}{% if detail %}:

  {{ detail }}{% else %}.{% endif %}
{% elif event == "factor-removed" %}αφαιρέθηκε δεύτερος παράγοντας από τον λογαριασμό σας στο {{ BRANDING_SERVICE_NAME }}{% if detail %}:

  {{ detail }}{% else %}.{% endif %}
{% elif event == "factors-reset" %}ένας διαχειριστής αφαίρεσε όλους τους δεύτερους παράγοντες του
λογαριασμού σας στο {{ BRANDING_SERVICE_NAME }} και τερμάτισε όλες τις
συνεδρίες.
{% elif event == "codes-renewed" %}δημιουργήθηκαν νέοι κωδικοί ανάκτησης για τον λογαριασμό σας στο
{{ BRANDING_SERVICE_NAME }}. Οι προηγούμενοι δεν ισχύουν πλέον.
{% elif event == "code-used" %}ένας κωδικός ανάκτησης χρησιμοποιήθηκε για σύνδεση στον λογαριασμό σας
στο {{ BRANDING_SERVICE_NAME }}. Απομένουν: {{ detail }}.
{% elif event == "method-added" %}ο λογαριασμός σας στο {{ BRANDING_SERVICE_NAME }} έχει μία ακόμη μέθοδο σύνδεσης:

  {{ detail }}
{% elif event == "method-removed" %}αφαιρέθηκε μια μέθοδος σύνδεσης από τον λογαριασμό σας στο {{ BRANDING_SERVICE_NAME }}:

  {{ detail }}
{% elif event == "method-switched" %}μια μέθοδος σύνδεσης του λογαριασμού σας στο {{ BRANDING_SERVICE_NAME }}
αντιστοιχεί πλέον σε άλλη ταυτότητα:

  {{ detail }}
{% elif event == "email-changed" %}ο λογαριασμός σας στο {{ BRANDING_SERVICE_NAME }} μεταφέρθηκε από τη
διεύθυνση {{ detail }} στη διεύθυνση {{ user.email }}.
{% elif event == "sessions-ended-by-admin" %}ένας διαχειριστής τερμάτισε όλες τις συνεδρίες του λογαριασμού σας στο
{{ BRANDING_SERVICE_NAME }}.
{% else %}τερματίστηκαν συνεδρίες του λογαριασμού σας στο {{ BRANDING_SERVICE_NAME }}.
{% endif %}{% if detail and event in "password-changed password-reset password-made password-set" %}
Η αλλαγή της διεύθυνσης email σας που εκκρεμούσε ακυρώθηκε:

  {{ detail }}

Ζητήστε την ξανά, αν τη θέλετε ακόμη.
{% endif %}
Πότε: {{ when|date:"d/m/Y, H:i T" }}{% if from %}
Από: {{ from }}{% endif %}

Δείτε εδώ πού και πώς είστε συνδεδεμένοι:

{{ url }}
{% endblock %}
{% block note %}Λαμβάνετε αυτό το μήνυμα επειδή αυτή η διεύθυνση ανήκει στον λογαριασμό.
Αν δεν ήσασταν εσείς, ορίστε αμέσως νέο κωδικό πρόσβασης και γράψτε μας.
{% endblock %}

=== im/invitation
Subject: Πρόσκληση στο <S>

{% extends "im/email.txt" %}
{% block content %}Γεια σας{% if invitation.realname %}, {{ invitation.realname }}{% endif %},

{% if invitation.inviter.realname %}σας προσκαλεί ο χρήστης {{ invitation.inviter.realname }}
{% else %}έχετε πρόσκληση από έναν χρήστη {% endif %}στο {{ BRANDING_SERVICE_NAME }}.
Δεχτείτε την πρόσκληση και ανοίξτε τον λογαριασμό σας εδώ:

{{ url }}
{% endblock %}
{% block note %}Λαμβάνετε αυτό το μήνυμα επειδή κάποιος που έχει λογαριασμό εκεί μας
έδωσε αυτή τη διεύθυνση. Αν δεν θέλετε λογαριασμό, μην κάνετε τίποτα.
{% endblock %}

=== im/feedback_mail
Subject: Σχόλια από το <S>

{% extends "im/email.txt" %}
{% block content %}Ο χρήστης {{ user.email }} έγραψε στο {{ BRANDING_SERVICE_NAME }}:

{{ message|default:"(τίποτα)" }}
{% if data %}
{{ data }}
{% endif %}
Απαντήστε σε αυτό το μήνυμα για να του γράψετε. Ο λογαριασμός του:
{{ user.uuid }}.
{% endblock %}
{% block note %}Λαμβάνετε αυτό το μήνυμα επειδή είστε στη λίστα όσων διαβάζουν τα
σχόλια των χρηστών.
{% endblock %}

=== im/switch_accounts_email
Subject: <S>: σύνδεση λογαριασμών

{% extends "im/email.txt" %}
{% block content %}Γεια σας{% if user.realname %}, {{ user.realname }}{% endif %},

κάποιος, πιθανότατα εσείς, συνδέθηκε στο {{ BRANDING_SERVICE_NAME }}
μέσω ενός ιδρύματος και ζήτησε να ισχύει αυτή η μέθοδος σύνδεσης και για
τον λογαριασμό {{ user.email }}{% if detail %}:

  {{ detail }}{% if from %}
  το ζήτησε από {{ from }}{% endif %}{% else %}.{% endif %}

{% if url %}Αν η ταυτότητα αυτή είναι δική σας, επιτρέψτε το εδώ μέσα σε μία ημέρα:

{{ url }}
{% else %}Αυτό δεν γίνεται με σύνδεσμο. Αν η ταυτότητα αυτή είναι δική σας, συνδεθείτε
στον λογαριασμό σας και προσθέστε τη μέθοδο σύνδεσης στη σελίδα των
στοιχείων σας, ή γράψτε μας.
{% endif %}{% endblock %}
{% block note %}Λαμβάνετε αυτό το μήνυμα επειδή αυτή είναι η διεύθυνση του λογαριασμού.
Αν δεν ήσασταν εσείς, μην κάνετε τίποτα: {% if url %}χωρίς τον παραπάνω σύνδεσμο δεν
αλλάζει τίποτα.{% else %}δεν άλλαξε τίποτα.{% endif %}
{% endblock %}

=== im/log_record
Subject: Μήνυμα της καταγραφής του <S>

{% extends "im/email.txt" %}
{% block content %}{{ line }}
{% endblock %}
{% block note %}Λαμβάνετε αυτό το μήνυμα επειδή ανήκετε στους ADMINS και οι ρυθμίσεις
της καταγραφής στέλνουν τέτοια μηνύματα σε εσάς (AdminEmailHandler).
{% endblock %}

=== im/plain_email
Subject: Νέο μήνυμα από το <S>

{% extends "im/email.txt" %}
{% block content %}Γεια σας{% if user.realname %}, {{ user.realname }}{% endif %},

{{ text }}
{% endblock %}
{% block note %}Λαμβάνετε αυτό το μήνυμα επειδή έχετε λογαριασμό στο
{{ BRANDING_SERVICE_NAME }}· το έστειλαν οι διαχειριστές του.
{% endblock %}

=== im/projects/project_creation_notification
Subject: <S>: αίτηση για νέο έργο (%s)

{% extends "im/email.txt" %}
{% block content %}Υποβλήθηκε αίτηση για νέο έργο στο {{ BRANDING_SERVICE_NAME }}:

  όνομα          {{ object.name }}
  ιστοσελίδα     {{ object.homepage|default:"καμία" }}
  περιγραφή      {{ object.description|default:"καμία" }}
  υπεύθυνος      {{ object.owner.email|default:"άγνωστος" }}
  αιτών          {{ object.applicant.email|default:"άγνωστος" }}
  σχόλια         {{ object.comments|default:"κανένα" }}
  έναρξη         {{ object.start_date|date:"d/m/Y"|default:"με την έγκριση" }}
  λήξη           {{ object.end_date|date:"d/m/Y"|default:"ποτέ" }}
  συμμετοχή      {{ object.member_join_policy_display|default:"άγνωστη" }}
  αποχώρηση      {{ object.member_leave_policy_display|default:"άγνωστη" }}
  μέγιστα μέλη   {{ object.limit_on_members_number|inf_display|default:"χωρίς όριο" }}
{% for limit in object.projectresourcegrant_set.all %}
  {{ limit }}{% empty %}{% for limit in object.resource_policies %}
  {{ limit }}{% endfor %}{% endfor %}

Για έγκριση, στον διακομιστή της υπηρεσίας:

  snf-manage project-control --approve {{ object.id }}

Για απόρριψη:

  snf-manage project-control --deny {{ object.id }} -m "..."
{% endblock %}
{% block note %}Λαμβάνετε αυτό το μήνυμα επειδή είστε στη λίστα όσων ενημερώνονται για
αιτήσεις έργων.
{% endblock %}

=== im/projects/project_modification_notification
Subject: <S>: αίτηση για αλλαγή έργου (%s)

{% extends "im/email.txt" %}
{% block content %}Υποβλήθηκε αίτηση για αλλαγή έργου στο {{ BRANDING_SERVICE_NAME }}:

  όνομα          {{ object.name }}
  ιστοσελίδα     {{ object.homepage|default:"καμία αλλαγή" }}
  περιγραφή      {{ object.description|default:"καμία αλλαγή" }}
  υπεύθυνος      {{ object.owner.email|default:"καμία αλλαγή" }}
  αιτών          {{ object.applicant.email|default:"καμία αλλαγή" }}
  σχόλια         {{ object.comments|default:"καμία αλλαγή" }}
  έναρξη         {{ object.start_date|date:"d/m/Y"|default:"καμία αλλαγή" }}
  λήξη           {{ object.end_date|date:"d/m/Y"|default:"καμία αλλαγή" }}
  συμμετοχή      {{ object.member_join_policy_display|default:"καμία αλλαγή" }}
  αποχώρηση      {{ object.member_leave_policy_display|default:"καμία αλλαγή" }}
  μέγιστα μέλη   {{ object.limit_on_members_number|inf_display|default:"καμία αλλαγή" }}
{% for limit in object.projectresourcegrant_set.all %}
  {{ limit }}{% empty %}{% for limit in object.resource_policies %}
  {{ limit }}{% endfor %}{% endfor %}

Για έγκριση, στον διακομιστή της υπηρεσίας:

  snf-manage project-control --approve {{ object.id }}

Για απόρριψη:

  snf-manage project-control --deny {{ object.id }} -m "..."
{% endblock %}
{% block note %}Λαμβάνετε αυτό το μήνυμα επειδή είστε στη λίστα όσων ενημερώνονται για
αιτήσεις αλλαγής έργων.
{% endblock %}

=== im/projects/project_approval_notification
Subject: <S>: η αίτηση εγκρίθηκε (%s)

{% extends "im/email.txt" %}
{% block content %}Η αίτησή σας για το έργο
{{ object.name }} στο {{ BRANDING_SERVICE_NAME }}
εγκρίθηκε.
{% if object.response %}
Το σχόλιο:

{{ object.response }}
{% endif %}
Δείτε το στη σελίδα με τα έργα σας.
{% endblock %}
{% block note %}Λαμβάνετε αυτό το μήνυμα επειδή κάνατε την αίτηση για το έργο ή είστε ο
υπεύθυνός του.
{% endblock %}

=== im/application_approved_admin_email
Subject: <S>: η αίτηση εγκρίθηκε ({0})

{% extends "im/email.txt" %}
{% block content %}Εγκρίθηκε αίτηση στο {{ BRANDING_SERVICE_NAME }}:

  έργο           {{ application.name }}
  αριθμός        {{ application.id }}
  υπεύθυνος      {{ application.owner.email|default:"άγνωστος" }}
  αιτών          {{ application.applicant.email|default:"άγνωστος" }}
  έγκριση από    {{ application.response_actor.email|default:"διαχειριστή" }}
{% if previous_state %}  πριν           {{ previous_state }}
{% endif %}{% for limit in application.projectresourcegrant_set.all %}
  {{ limit }}{% endfor %}

Δεν χρειάζεται να κάνετε κάτι.
{% endblock %}
{% block note %}Λαμβάνετε αυτό το μήνυμα επειδή είστε στη λίστα όσων ενημερώνονται για
έργα.
{% endblock %}

=== im/projects/project_denial_notification
Subject: <S>: η αίτηση απορρίφθηκε (%s)

{% extends "im/email.txt" %}
{% block content %}Η αίτησή σας για το έργο
{{ object.name }} στο {{ BRANDING_SERVICE_NAME }}
απορρίφθηκε.
{% if object.response %}
Η αιτιολογία:

{{ object.response }}
{% endif %}
Μπορείτε να αλλάξετε την αίτησή σας και να την ξαναστείλετε.

Δείτε το στη σελίδα με τα έργα σας.
{% endblock %}
{% block note %}Λαμβάνετε αυτό το μήνυμα επειδή κάνατε την αίτηση για το έργο ή είστε ο
υπεύθυνός του.
{% endblock %}

=== im/projects/project_termination_notification
Subject: <S>: τερματισμός έργου (%s)

{% extends "im/email.txt" %}
{% block content %}Το έργο σας
{{ object.name }}
στο {{ BRANDING_SERVICE_NAME }} τερματίστηκε. Τα μέλη του
δεν μπορούν πλέον να χρησιμοποιούν τους πόρους του.

Δείτε το στη σελίδα με τα έργα σας.
{% endblock %}
{% block note %}Λαμβάνετε αυτό το μήνυμα επειδή είστε ο υπεύθυνος του έργου.
{% endblock %}

=== im/projects/project_reinstatement_notification
Subject: <S>: επαναφορά έργου (%s)

{% extends "im/email.txt" %}
{% block content %}Το έργο σας
{{ object.name }}
στο {{ BRANDING_SERVICE_NAME }} ξαναλειτουργεί. Τα μέλη του
μπορούν να χρησιμοποιούν τους πόρους του όπως πριν.

Δείτε το στη σελίδα με τα έργα σας.
{% endblock %}
{% block note %}Λαμβάνετε αυτό το μήνυμα επειδή είστε ο υπεύθυνος του έργου.
{% endblock %}

=== im/projects/project_suspension_notification
Subject: <S>: αναστολή έργου (%s)

{% extends "im/email.txt" %}
{% block content %}Το έργο σας
{{ object.name }}
στο {{ BRANDING_SERVICE_NAME }} αναστάλθηκε. Μέχρι να
συνεχιστεί, οι πόροι του δεν μπορούν να χρησιμοποιηθούν.

Δείτε το στη σελίδα με τα έργα σας.
{% endblock %}
{% block note %}Λαμβάνετε αυτό το μήνυμα επειδή είστε ο υπεύθυνος του έργου.
{% endblock %}

=== im/projects/project_unsuspension_notification
Subject: <S>: συνέχιση έργου (%s)

{% extends "im/email.txt" %}
{% block content %}Το έργο σας
{{ object.name }}
στο {{ BRANDING_SERVICE_NAME }} συνεχίζεται. Τα μέλη του
μπορούν πάλι να χρησιμοποιούν τους πόρους του.

Δείτε το στη σελίδα με τα έργα σας.
{% endblock %}
{% block note %}Λαμβάνετε αυτό το μήνυμα επειδή είστε ο υπεύθυνος του έργου.
{% endblock %}

=== im/projects/project_membership_change_notification
Subject: <S>: αλλαγή συμμετοχής σε έργο (%(name)s)

{% extends "im/email.txt" %}
{% block content %}Άλλαξε η συμμετοχή σας στο έργο
{{ object.name }}
στο {{ BRANDING_SERVICE_NAME }}: {% if action == "accepted" %}έγινε δεκτή{% elif action == "rejected" %}δεν έγινε δεκτή{% elif action == "removed" %}διακόπηκε{% elif action == "suspended" %}αναστάλθηκε{% elif action == "unsuspended" %}συνεχίζεται{% else %}{{ action }}{% endif %}.

Δείτε το στη σελίδα με τα έργα σας.
{% endblock %}
{% block note %}Λαμβάνετε αυτό το μήνυμα επειδή είστε, ήσασταν ή ζητήσατε να γίνετε
μέλος του έργου.
{% endblock %}

=== im/projects/project_membership_enroll_notification
Subject: <S>: συμμετοχή σε έργο (%(name)s)

{% extends "im/email.txt" %}
{% block content %}Γίνατε μέλος του έργου
{{ object.name }}
στο {{ BRANDING_SERVICE_NAME }}
και μπορείτε να χρησιμοποιείτε τους πόρους του.

Δείτε το στη σελίδα με τα έργα σας.
{% endblock %}
{% block note %}Λαμβάνετε αυτό το μήνυμα επειδή σας πρόσθεσε ο υπεύθυνος του έργου.
Μπορείτε να αποχωρήσετε από τη σελίδα του.
{% endblock %}

=== im/projects/project_membership_request_notification
Subject: <S>: αίτημα συμμετοχής σε έργο (%(name)s)

{% extends "im/email.txt" %}
{% block content %}Ο χρήστης {% if user.email %}{{ user.email }}{% else %}{{ user }}{% endif %}
ζητά να γίνει μέλος του έργου σας
{{ object.name }}
στο {{ BRANDING_SERVICE_NAME }}. Δεχτείτε ή απορρίψτε το αίτημα στη
σελίδα του έργου.
{% endblock %}
{% block note %}Λαμβάνετε αυτό το μήνυμα επειδή είστε ο υπεύθυνος του έργου.
{% endblock %}

=== im/projects/project_membership_leave_request_notification
Subject: <S>: αίτημα αποχώρησης από έργο (%(name)s)

{% extends "im/email.txt" %}
{% block content %}Ο χρήστης {% if user.email %}{{ user.email }}{% else %}{{ user }}{% endif %}
ζητά να αποχωρήσει από το έργο σας
{{ object.name }}
στο {{ BRANDING_SERVICE_NAME }}. Δεχτείτε ή απορρίψτε το αίτημα στη
σελίδα του έργου.
{% endblock %}
{% block note %}Λαμβάνετε αυτό το μήνυμα επειδή είστε ο υπεύθυνος του έργου.
{% endblock %}

=== im/template_problem
Subject: ένα πρότυπο μηνυμάτων δεν μπορεί να χρησιμοποιηθεί

{% extends "im/email.txt" %}
{% block content %}Ένα πρότυπο μηνυμάτων του {{ BRANDING_SERVICE_NAME }} δεν μπορεί να
χρησιμοποιηθεί. Χρησιμοποιήθηκε το ενσωματωμένο, οπότε το μήνυμα έφυγε.

  αρχείο   {{ file }}
{% if line %}  γραμμή   {{ line }}
{% endif %}
{{ problem }}

Αφού το διορθώσετε, ελέγξτε τα όλα με:

  snf-manage template-check
{% endblock %}
{% block note %}Λαμβάνετε αυτό το μήνυμα επειδή είστε στη λίστα των διαχειριστών.
Στέλνεται μία φορά για κάθε έκδοση του αρχείου.
{% endblock %}

=== im/test_email
Subject: <S>: δοκιμαστικό μήνυμα

{% extends "im/email.txt" %}
{% block content %}Αυτή είναι μια δοκιμή. Τα μηνύματα του {{ BRANDING_SERVICE_NAME }} φτάνουν.

Δεν χρειάζεται να κάνετε κάτι.
{% endblock %}
{% block note %}Λαμβάνετε αυτό το μήνυμα επειδή ένας διαχειριστής εκτέλεσε

  snf-manage mail-test
{% endblock %}
